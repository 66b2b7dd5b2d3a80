#!/usr/bin/env python3
"""Makes the archive of a portable build folder and tries it: test_portable.py BUILD_DIR"""
import pathlib
import re
import sys
import tempfile
import unittest

from unpacked import run, try_out

BUILD = pathlib.Path(sys.argv.pop(1) if len(sys.argv) > 1 else "build/portable").resolve()
# What every Linux with this processor and a libc has.
OF_THE_SYSTEM = re.compile(r"^(linux-vdso|lib(c|m)|/lib64/ld-linux-x86-64|ld-linux-[a-z0-9-]+)\.so")


class Archive(unittest.TestCase):
    def test_needs_nothing_but_libc_and_works(self):
        with tempfile.TemporaryDirectory() as folder:
            run("cpack", "-G", "TGZ", "--config", BUILD / "CPackConfig.cmake", "-B", folder)
            archive = next(pathlib.Path(folder).glob("fgsync-*.tar.gz"))
            run("tar", "-xzf", archive, "-C", folder)
            prefix = pathlib.Path(folder, archive.name.removesuffix(".tar.gz"))
            for program in ("fgsync", "fgsync-emulator"):
                self.check_libraries(prefix, prefix / "bin" / program)
            try_out(prefix)

    def check_libraries(self, prefix, program):
        for line in run("ldd", program).splitlines():
            name, _, place = line.strip().partition(" => ")
            self.assertTrue(OF_THE_SYSTEM.match(name) or place.startswith(str(prefix)), line)


if __name__ == "__main__":
    unittest.main(verbosity=2)
