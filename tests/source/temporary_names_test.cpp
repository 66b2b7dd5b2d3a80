#include "source/temporary_names.hpp"

#include <catch2/catch.hpp>

namespace fgsync::source::test {

TEST_CASE("temporary names: what editors and file systems leave beside a file") {
  for (const auto* name : {".a.yaml.swp", ".a.yaml.swo", ".a.yaml.swx", "4913", "a.yaml~", "~", "#a.yaml#", ".#a.yaml",
                           ".goutputstream-AB12CD", ".a.yaml.kate-swp", "a.yaml___jb_tmp___", "a.yaml___jb_old___",
                           ".~lock.a.ods#", ".fuse_hidden0000000100000002", ".nfs0000000000a1b2c300000001"}) {
    INFO(name);
    CHECK(is_temporary_name(name));
  }
}

TEST_CASE("temporary names: a file that may be real is") {
  for (const auto* name : {"a.yaml", ".env",     ".env.sample", ".fgsyncignore", "4914",
                           "a.swp",  ".swp",     ".a.swP",      "x.tmp",         "#",
                           "##",     "#include", "a#",          ".nfs",          ".nfs-notes-of-the-team",
                           "~a",     "",         "..data",      "..2026_11_23",  "sedentary"}) {
    INFO(name);
    CHECK_FALSE(is_temporary_name(name));
  }
}

}  // namespace fgsync::source::test
