"""Not packaged: see `ignore` in the manifest. Run with: python3 -m unittest discover -s tests"""

import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

from sizes import fit, plan  # noqa: E402


class SizesTest(unittest.TestCase):
    def test_keeps_the_shape(self):
        self.assertEqual(fit(4000, 3000, 800), {"width": 800, "height": 600})

    def test_never_enlarges(self):
        self.assertEqual(plan(300, 200, [1600, 800], 4096), [{"width": 300, "height": 200}])


if __name__ == "__main__":
    unittest.main()
