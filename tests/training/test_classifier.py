"""HarClassifier does what scikit-learn asks of an estimator, and what a run does."""

import io

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, LeaveOneGroupOut, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

from har_core import HarClassifier, load
from har_core.data.preparation import Preparation
from har_core.errors import ArgumentError, ConfigError, HarError
from har_core.models import MODELS
from har_core.training.config import ExperimentConfig, GradientTraining
from har_core.training.gradient_learner import GradientLearner
from har_core.training.parts import assemble
from tests.networks import LEARNERS

SHORT = {"epochs": 24, "batch_size": 16, "learning_rate": 0.01, "device": "cpu"}


@pytest.fixture
def actions(small_sequences):
    """The small set as a notebook has it: X, y, and who performs each."""
    names = np.array([small_sequences.action_of(row).name for row in range(len(small_sequences))])
    return list(small_sequences.each()), names, small_sequences.subjects


@pytest.mark.parametrize("model", [*LEARNERS, {"name": "lstm", "hidden": 5, "head": "mean"}])
def test_every_model_is_fitted_and_asked(model, actions, har_home):
    X, y, _ = actions
    classifier = HarClassifier(model, **SHORT).fit(X, y)
    shares = classifier.predict_proba(X)
    assert shares.shape == (len(X), 4) and np.allclose(shares.sum(axis=1), 1)
    assert classifier.classes_.tolist() == sorted(set(y))
    assert (classifier.predict(X) == classifier.classes_[shares.argmax(axis=1)]).all()
    assert classifier.score(X, y) > 0.5
    if isinstance(model, str) and not MODELS[model].features:
        assert classifier.history_ == [] and classifier.best_epoch_ is None
        with pytest.raises(ConfigError, match=f"{MODELS[model].title} makes no features"):
            classifier.transform(X)
    else:
        assert classifier.transform(X).shape[0] == len(X) and len(classifier.history_) == 24
        assert classifier.best_epoch_ == 24 and classifier.history_[-1].test_loss is None
    assert not har_home.exists()  # no run is left behind


@pytest.mark.parametrize("model", [name for name, kind in MODELS.items() if kind.network])
def test_it_learns_to_the_last_bit_what_a_run_of_the_same_settings_learns(
    model, small_config, small_sequences
):
    preparation = Preparation(scaling="training-set")
    values = {"model": MODELS[model].options(), "preparation": preparation, "seed": 3}
    values["training"] = GradientTraining(epochs=4, batch_size=16, schedule="constant")
    config = ExperimentConfig(**(dict(small_config) | values))
    data = assemble(config, small_sequences)
    learner = GradientLearner(config, data)
    records = list(learner.fit())
    learner.use("best")
    known = small_sequences.take(np.flatnonzero(small_sequences.subjects <= 4))
    classifier = HarClassifier(
        model, epochs=4, batch_size=16, preparation={"scaling": "training-set"}, validation=[4],
        random_state=3, device="cpu",
    ).fit(known, known.labels)  # fmt: skip
    assert [it.validation_loss for it in classifier.history_] == [it.validation_loss for it in records]
    assert classifier.best_epoch_ == learner.best_epoch
    test = small_sequences.take(np.flatnonzero(small_sequences.subjects > 4))
    expected = learner.predict(data.parts["test"])
    assert np.array_equal(classifier.transform(test), expected.features)
    assert classifier.predict(test).tolist() == expected.scores.argmax(axis=1).tolist()


def test_threads_change_no_number_and_the_seed_does(actions):
    X, y, _ = actions
    one, two, other = (
        HarClassifier(**SHORT, **its).fit(X, y).transform(X)
        for its in ({"threads": 1}, {"threads": 2}, {"random_state": 1})
    )
    assert np.array_equal(one, two) and not np.array_equal(one, other)


# Who validates


@pytest.mark.parametrize(("validation", "groups"), [(0.3, False), (0.3, True), ([2, 5], True)])
def test_validation_chooses_the_epoch_and_is_not_trained_on(validation, groups, actions, monkeypatch):
    X, y, subjects = actions
    seen = {}
    init = GradientLearner.__init__

    def look(learner, config, data):
        seen.update(data.rows)
        init(learner, config, data)

    monkeypatch.setattr(GradientLearner, "__init__", look)
    classifier = HarClassifier("cnn", **SHORT, validation=validation)
    classifier.fit(X, y, groups=subjects if groups else None)
    best = max(classifier.history_, key=lambda it: (it.validation_accuracy, -it.validation_loss))
    assert classifier.best_epoch_ == best.epoch
    assert np.array_equal(np.sort(np.concatenate([seen["train"], seen["validation"]])), np.arange(len(X)))
    if groups:
        who = set(subjects[seen["validation"]])
        assert who.isdisjoint(subjects[seen["train"]]) and len(who) == 2
        assert validation == 0.3 or who == {2, 5}
    else:
        counts = np.unique(y[seen["validation"]], return_counts=True)[1]
        assert counts.tolist() == [5] * 4  # of 18 of each


# What scikit-learn does with an estimator


def test_cross_validation_leaves_out_each_subject_in_turn(actions):
    X, y, subjects = actions
    scores = cross_val_score(HarClassifier("cnn", **SHORT), X, y, groups=subjects, cv=LeaveOneGroupOut())
    assert len(scores) == 6 and scores.mean() > 0.5


def test_what_was_loaded_is_cross_validated_as_it_is(small_sequences):
    y, subjects = small_sequences.labels, small_sequences.subjects
    scores = cross_val_score(
        HarClassifier("nearest-neighbour"), small_sequences, y, groups=subjects, cv=LeaveOneGroupOut()
    )
    assert len(scores) == 6 and scores.mean() > 0.5


def test_the_real_set_is_cross_validated_though_a_body_was_never_seen(real_data, har_home):
    recorded = load(real_data / "msr_action3d")
    X, y, subjects = list(recorded.each()), recorded.labels, recorded.subjects
    classifier = HarClassifier("nearest-neighbour")
    with pytest.warns(UserWarning, match="the tracker never saw the body"):
        scores = cross_val_score(
            classifier, X, y, groups=subjects, cv=LeaveOneGroupOut(), error_score="raise"
        )
    assert len(scores) == 10 and scores.mean() > 0.5


def test_settings_are_searched(actions):
    X, y, _ = actions
    grid = {"epochs": np.array([1, 24]), "model": ["lstm", {"name": "cnn", "kernel": 3}]}
    search = GridSearchCV(HarClassifier(**SHORT), grid, cv=2, error_score="raise").fit(X, y)
    assert search.best_params_["epochs"] == 24


def test_its_features_go_down_a_pipeline(actions):
    X, y, _ = actions
    pipeline = make_pipeline(HarClassifier("bilstm", **SHORT), KNeighborsClassifier(3)).fit(X, y)
    assert pipeline.score(X, y) > 0.5


def test_a_copy_has_the_settings_and_a_pickle_the_answers(actions):
    X, y, _ = actions
    classifier = HarClassifier(
        {"name": "lstm", "hidden": 5}, **SHORT, preparation={"scaling": "training-set"}
    )
    assert clone(classifier).get_params() == classifier.get_params()
    assert clone(classifier).set_params(epochs=3).epochs == 3
    classifier.fit(X, y)
    file = io.BytesIO()
    joblib.dump(classifier, file)
    file.seek(0)
    again = joblib.load(file)
    assert np.array_equal(again.predict_proba(X), classifier.predict_proba(X))
    assert np.array_equal(again.transform(X), classifier.transform(X))


# What is wrong is one sentence


@pytest.mark.parametrize(
    ("settings", "because"),
    [
        ({"model": "lstmm"}, "HarClassifier: model is .*model 'lstmm' is not known; choose one of"),
        ({"model": 7}, "HarClassifier: model is 7"),
        ({"epochs": 0}, "HarClassifier: training.epochs is 0"),
        ({"preparation": {"frame": 3}}, "preparation.frame is not a known setting"),
        ({"inputs": ["smells"]}, "smells"),
        ({"device": "gpu"}, "HarClassifier: device is 'gpu'"),
        ({"threads": 0}, "threads: found 0"),
        ({"random_state": -1}, "seed is -1"),
        ({"validation": 1.5}, "validation is 1.5, expected a share between 0 and 1"),
        ({"validation": [9]}, "validation is .9. and holds no sequence"),
        ({"validation": [1, 2, 3, 4, 5, 6]}, "leaves no sequence of action 1, action 2"),
    ],
)  # fmt: skip
def test_a_setting_that_can_t_be_is_told(settings, because, actions):
    X, y, subjects = actions
    with pytest.raises(HarError, match=because) as refusal:
        HarClassifier(**(SHORT | settings)).fit(X, y, groups=subjects)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("change", "because"),
    [
        (lambda X, y: (X, y[:-1], None), "y has 71 labels, expected one for each of 72 sequences"),
        (lambda X, y: (X, ["wave"] * 72, None), "y has one class, wave; telling actions apart takes two"),
        (lambda X, y: (X, None, None), "the target y is None"),
        (lambda X, y: (X, y, [1, 2]), r"groups has shape \(2,\), expected one for each of 72 sequences"),
        (lambda X, y: (X[0], y, None), r"X\[0\] has shape \(20, 3\)"),
    ],
)
def test_what_is_no_data_is_told(change, because, actions):
    X, y, groups = change(*actions[:2])
    with pytest.raises(ArgumentError, match=because) as refusal:
        HarClassifier(**SHORT, validation=[2]).fit(X, y, groups)
    assert "\n" not in str(refusal.value)


def test_groups_that_nobody_knows_are_asked_for(actions):
    with pytest.raises(ArgumentError, match=r"say whose each sequence is: fit\(X, y, groups=...\)"):
        HarClassifier(**SHORT, validation=[2]).fit(*actions[:2])


def test_another_skeleton_and_one_that_learned_nothing_are_told(actions):
    X, y, _ = actions
    with pytest.raises(NotFittedError):
        HarClassifier().predict(X)
    with pytest.raises(ArgumentError, match="the sequences have 15 joints, expected 20, as those that"):
        HarClassifier("nearest-neighbour").fit(X, y).predict([frames[:, :15] for frames in X])


# scikit-learn's own checks. They know tables only: a row of numbers is told as a point that moves along x.


class OfRows(HarClassifier):
    """HarClassifier for who has tables; what is no table is passed on as it is."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = True
        return tags

    def fit(self, X, y, groups=None):
        return super().fit(_moving(X), y, groups)

    def _output(self, X):
        return super()._output(_moving(X))


def _moving(X):
    table = np.asarray(X)
    if table.ndim != 2:
        return X
    return [np.stack([row, 0 * row, 0 * row], axis=-1)[:, None] for row in table]


OTHER_LENGTH = "a shorter row is a shorter sequence, which is as good as any"
OWN_WORDS = "it is refused in a sentence that says what a sequence is, not what a table is"
NO_TABLE = "sequences have no number of features that all share"
UNFIT = {
    "check_n_features_in": NO_TABLE,
    "check_n_features_in_after_fitting": NO_TABLE,
    "check_classifiers_train": OTHER_LENGTH,
    "check_transformer_general": OTHER_LENGTH,
    "check_complex_data": OWN_WORDS,
    "check_dtype_object": OWN_WORDS,
    "check_estimators_empty_data_messages": OWN_WORDS,
    "check_fit2d_predict1d": OWN_WORDS,
    "check_estimator_sparse_tag": OWN_WORDS,
    "check_estimator_sparse_array": OWN_WORDS,
    "check_estimator_sparse_matrix": OWN_WORDS,
}
"""The checks that don't fit lists of sequences, and why; all others have to pass, and these to fail."""


@parametrize_with_checks(
    [
        OfRows(
            epochs=60, batch_size=16, learning_rate=0.02, device="cpu",
            preparation={"untracked": "keep", "centring": "none", "frames": None, "scaling": "training-set"},
        )
    ],
    expected_failed_checks=lambda estimator: UNFIT,
)  # fmt: skip
@pytest.mark.filterwarnings("ignore")
def test_it_is_an_estimator(estimator, check):
    check(estimator)
