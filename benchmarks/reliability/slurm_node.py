"""A real Slurm of one node on this machine, without systemd, cgroups or a database: started, used and taken away again.

python benchmarks/reliability/slurm_node.py COMMAND ...: runs a command while the node is up (as root, on Debian)
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

CONFIG = Path("/etc/slurm/slurm.conf")  # SLURM_CONF alone is not seen by every part of it
MARK = "# One node for a test, written by benchmarks/reliability/slurm_node.py."
TEXT = """\
{mark}
ClusterName=test
SlurmctldHost={host}
SlurmUser=root
SlurmdUser=root
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
AuthType=auth/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=2,batch_sched_delay=0
SlurmdParameters=config_overrides
MinJobAge=300
ReturnToService=2
NodeName={host} NodeAddr=127.0.0.1 CPUs={cores} RealMemory={memory} State=UNKNOWN
PartitionName=main Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


class Unavailable(Exception):
    """Why no Slurm can be had here."""


def install() -> None:
    """Install Debian's slurm-wlm and munge where they are missing; raises Unavailable where that cannot be done."""
    if sys.platform != "linux" or os.getuid() != 0:
        raise Unavailable("a Slurm of one node is started by root on Linux, and this is neither or only one of them")
    if shutil.which("slurmctld") and shutil.which("munged"):
        return
    if not shutil.which("apt-get"):
        raise Unavailable("Slurm is not installed, and there is no apt-get to install slurm-wlm and munge with")
    get = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "slurm-wlm", "munge"]
    for command in (["apt-get", "update", "-qq"], get):
        told = subprocess.run(command, capture_output=True, text=True)
        if told.returncode:
            raise Unavailable(f"{' '.join(command)} failed: {told.stderr.strip().splitlines()[-1:]}")


@contextmanager
def one_node() -> Iterator[Path]:
    """Give the folder of the logs of a Slurm that is up; at the end its processes and its configuration are gone.

    Raises Unavailable where there is a configuration of somebody else's, or where it does not come up in 60 s.
    """
    install()
    if CONFIG.exists() and not CONFIG.read_text(encoding="utf-8").startswith(MARK):
        raise Unavailable(f"{CONFIG} is that of another Slurm, which a test leaves alone")
    folder = Path(tempfile.mkdtemp(prefix="slurm_node_"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        for name in ("state", "spool"):
            (folder / name).mkdir()
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
        values = {"host": socket.gethostname(), "folder": folder, "cores": os.cpu_count(), "memory": memory}
        CONFIG.parent.mkdir(exist_ok=True)
        CONFIG.write_text(TEXT.format(mark=MARK, **values), encoding="utf-8")
        stack.callback(CONFIG.unlink, missing_ok=True)
        if not _answers(["munge", "-n"]):
            for place in ("/run/munge", "/var/lib/munge", "/var/log/munge"):
                Path(place).mkdir(exist_ok=True)
                shutil.chown(place, "munge", "munge")
            os.chmod("/run/munge", 0o755)
            stack.enter_context(_running(["munged", "--foreground"], folder, user="munge", group="munge"))
            _wait(["munge", "-n"], "", folder)
        stack.enter_context(_running(["slurmctld", "-D"], folder))
        stack.enter_context(_running(["slurmd", "-D"], folder))
        _wait(["sinfo", "--noheader", "--format=%T"], "idle", folder)
        yield folder


def _answers(command: list[str], word: str = "") -> bool:
    told = subprocess.run(command, capture_output=True, text=True)
    return told.returncode == 0 and word in told.stdout


def _wait(command: list[str], word: str, folder: Path) -> None:
    end = time.monotonic() + 60
    while not _answers(command, word):
        if time.monotonic() > end:
            logs = "".join(path.read_text(errors="replace")[-1500:] for path in sorted(folder.glob("*.log")))
            raise Unavailable(f"Slurm did not come up: {' '.join(command)} never said '{word}'.\n{logs}")
        time.sleep(0.2)


@contextmanager
def _running(command: list[str], folder: Path, **owner: str) -> Iterator[None]:
    """Run a server, as the `user` and `group` given, and end it, and nothing else, afterwards."""
    with (folder / f"{command[0]}.out.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, **owner)
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


if __name__ == "__main__":
    try:
        with one_node():
            sys.exit(subprocess.run(sys.argv[1:]).returncode)
    except Unavailable as reason:
        sys.exit(f"Skipped: {reason}")
