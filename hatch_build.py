"""Build hook: compile the solver's kernel where there is a C compiler; without one the package is the same, but slower.

One library for each instruction set, of which the package loads the best that the processor has. Nothing here may make
an installation fail: whatever goes wrong leaves the library out. Set HER2STATS_KERNEL=off to build none.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

KERNEL = Path("src/her2stats/deconvolution/solver/kernel")
# Loops may be vectorised where they say so; nothing else that is not of the standard, such as -ffast-math.
FLAGS = ["-O3", "-std=c11", "-fPIC", "-shared", "-fopenmp-simd"]
FLAGS += ["-fno-math-errno", "-fno-trapping-math", "-ffp-contract=fast"]
AVX512 = ["-mavx512f", "-mavx512dq", "-mavx512vl", "-mavx512bw", "-mfma"]
INTEL = {"avx512": AVX512, "avx2": ["-mavx2", "-mfma"]}
LEVELS = INTEL if platform.machine().lower() in ("x86_64", "amd64") else {"generic": []}


def compile_kernel(source: Path, target: Path) -> list[Path]:
    """Compile into a folder what can be compiled; each library knows the text that it was made from."""
    configured = os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc"
    command = next((words for words in map(shlex.split, (configured, "cc")) if shutil.which(words[0])), None)
    if os.environ.get("HER2STATS_KERNEL") == "off" or command is None:
        return []
    text = b"".join(path.read_bytes() for path in sorted(source.glob("*.[ch]")))
    built = []
    for level, flags in LEVELS.items():
        library, new = target / f"nu_svr-{level}.so", target / f".nu_svr-{level}.{os.getpid()}"
        words = [*command, *FLAGS, *flags, f'-DSOURCE="{hashlib.sha256(text).hexdigest()}"', str(source / "nu_svr.c")]
        try:
            subprocess.run([*words, "-o", str(new), "-lm"], check=True, capture_output=True, timeout=120)
            os.replace(new, library)  # a process that uses the one before keeps it
            built.append(library)
        except (OSError, subprocess.SubprocessError) as error:
            print(f"the kernel is left out for {level}: {error}", file=sys.stderr)
            new.unlink(missing_ok=True)
    return built


class KernelHook(BuildHookInterface):  # type: ignore[type-arg]
    """Puts the libraries into the wheel, or, for an editable installation, beside their source."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile; a wheel with a library is of this platform, and of any Python."""
        source = Path(self.root) / KERNEL
        if version == "editable":
            compile_kernel(source, source)
            return
        self.place = tempfile.TemporaryDirectory()
        built = compile_kernel(source, Path(self.place.name))
        if built:
            inside = KERNEL.relative_to("src").as_posix()
            build_data["force_include"] |= {str(path): f"{inside}/{path.name}" for path in built}
            build_data["pure_python"] = False
            build_data["tag"] = f"py3-none-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Take away what was compiled for the wheel."""
        if version != "editable":
            self.place.cleanup()
