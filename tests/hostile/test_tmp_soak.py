from tests.hostile.test_hostile_runs import *
from tests.hostile.test_hostile_runs import go_through, spoiled_everywhere
def test_new_kinds(homes, tmp_path, monkeypatch, capsys):
    cases = [c for c in spoiled_everywhere(homes) if c[0] in ("not validated", "without epochs")]
    n = go_through(cases[3::11], homes, tmp_path, monkeypatch, capsys)
    with capsys.disabled(): print(n)
