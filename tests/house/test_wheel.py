"""The wheel alone, in an environment of its own, serves a second Board's folder."""

import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def lscb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `lscb` of a clean environment: our wheel installed there, its dependencies lent by this one."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)],
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("*.whl")
    environment = folder / "environment"
    venv.create(environment, with_pip=True)
    run = [str(environment / "bin" / "pip"), "install", "-q", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(run, check=True, capture_output=True)
    (site,) = (environment / "lib").glob("python*/site-packages")
    # A path within a .pth is not searched for .pth files, so this checkout's editable install is not lent with it.
    (site / "lent.pth").write_text(sysconfig.get_paths()["purelib"])
    where = [str(environment / "bin" / "python"), "-c", "import lscb_data, flows; print(lscb_data.__file__, flows.__file__)"]
    found = subprocess.run(where, check=True, capture_output=True, text=True, cwd=folder).stdout
    assert str(ROOT) not in found
    return environment / "bin" / "lscb"


@pytest.mark.long
def test_a_second_board_is_served_by_the_wheel_alone(lscb: Path, tmp_path: Path) -> None:
    home = tmp_path / "norfolk"
    workbook = ROOT / "raw" / "2014-15-Q1" / "constabulary" / "police-data.xlsx"

    def run(*words: str) -> str:
        done = subprocess.run([str(lscb), "--home", str(home), *words], capture_output=True, text=True, cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    # The second Board's police write their county over their lines as the first's did; only the folder differs.
    run("init", "--name", "Second Board", "--area", "E10000020", "--area-name", "Cambridgeshire")
    run("receive", str(workbook), "--return", "constabulary__police_data", "--period", "2014-15 Q1")
    shutil.rmtree(home / "warehouse")  # disposable, at any time
    assert "received   1" in run("load")
    question = "select value from published.indicator_values where indicator = 'fgm_referrals' and period = '2014-15 Q1'"
    assert run("sql", "--csv", question).splitlines() == ["value", "0.00"]
    assert run("sql", "--csv", "select distinct area from published.indicator_values").splitlines() == ["area", "Norfolk"]
