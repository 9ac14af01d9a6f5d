"""The practical work is four runs, as the course sets them."""

from har_core.data.named_splits import SPLITS
from har_core.data.reading.choices import ReadingChoices
from har_core.models import CnnOptions
from har_core.training.config import GradientTraining
from har_core.training.practical_work import practical_work


def test_the_course_s_four_experiments_in_its_order():
    configs = practical_work("msr-action3d")
    assert [config.model.name for config in configs] == ["lstm", "stacked-lstm", "bilstm", "cnn"]
    for config in configs:
        assert config.training == GradientTraining(epochs=2000, batch_size=256, learning_rate=0.001)
        assert config.split == SPLITS["course"] and config.source == "msr-action3d"
        assert config.model.dropout == 0.5
    lstm, stacked, bilstm, cnn = (config.model for config in configs)
    assert lstm.hidden == stacked.hidden == bilstm.hidden == 24 and stacked.layers == 2
    assert cnn == CnnOptions(match="lstm")


def test_what_is_chosen_holds_for_all_four():
    configs = practical_work("mine", epochs=3, seed=9, reading=ReadingChoices(layout="NTJ3"))
    assert {(c.source, c.epochs, c.seed, c.reading.layout) for c in configs} == {("mine", 3, 9, "NTJ3")}
    assert len(configs) == 4
