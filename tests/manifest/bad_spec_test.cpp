// What the loader says about every mistake it knows in the settings that every function has.
#include <catch2/catch.hpp>

#include "tests/manifest/bad_cases.hpp"

namespace fgsync::manifest::test {

TEST_CASE("manifest: mistakes in settings of spec are reported at their place, in plain words") {
  check_base({
      {std::string(kSpec), "", "1:1 error missing: spec: is missing"},
      {std::string(kSpec), "spec:\n", "5:1 error wrong_type: spec: must be a mapping, found nothing"},
      {std::string(kSpec), "spec: []\n", "5:7 error wrong_type: spec: must be a mapping, found a list"},
      {std::string(kSpec), "spec: {}\n",
       "5:1 error missing: spec.runtime: is missing\n"
       "5:1 error missing: spec.handler: is missing\n"
       "5:1 error missing: spec.code: is missing"},
      {"runtime: Python3.9", "runtime: Pyton3.9",
       "6:12 error unknown_value: spec.runtime: \"Pyton3.9\" is not a documented runtime [did you mean Python3.9?]"},
      {"runtime: Python3.9", "runtime: python3.9",
       "6:12 error unknown_value: spec.runtime: \"python3.9\" is not a documented runtime [did you mean Python3.9?]"},
      {"runtime: Python3.9", "runtime: nodejs18.15",
       "6:12 error unknown_value: spec.runtime: \"nodejs18.15\" is not a documented runtime [did you mean "
       "Node.js18.15?]"},
      {"runtime: Python3.9", "runtime: Python3.14",
       "6:12 warning unknown_value: spec.runtime: \"Python3.14\" is not a documented runtime [it is sent as it stands; "
       "the service may know it]"},
      {"runtime: Python3.9", "runtime: Fortran",
       "6:12 warning unknown_value: spec.runtime: \"Fortran\" is not a documented runtime [it is sent as it stands; "
       "the service may know it]"},
      {"runtime: Python3.9", "runtime: Custom Image",
       "11:3 error invalid_value: spec.code: must be an image for the runtime \"Custom Image\" [write `code: {image: "
       "…}`]"},
      {"runtime: Python3.9", "runtime: ''", "6:12 error unknown_value: spec.runtime: \"\" is not a documented runtime"},
      {"runtime: Python3.9", "runtime: ~", "6:3 error wrong_type: spec.runtime: must be text, found nothing"},
      {"  runtime: Python3.9\n", "", "5:1 error missing: spec.runtime: is missing"},
      {"handler: index.handler", "handler: index",
       "7:12 error invalid_value: spec.handler: must be 3 to 128 characters with a dot, such as index.handler, "
       "found \"index\""},
      {"handler: index.handler", "handler: .h",
       "7:12 error invalid_value: spec.handler: must be 3 to 128 characters with a dot, such as index.handler, "
       "found \".h\""},
      {"memory_size: 256", "memory_size: lots",
       "8:16 error wrong_type: spec.memory_size: must be a whole number, found \"lots\""},
      {"memory_size: 256", "memory_size: \"256\"",
       "8:16 error wrong_type: spec.memory_size: must be a whole number, found \"256\" in quotes [write it without "
       "quotes]"},
      {"memory_size: 256", "memory_size: 256MB",
       "8:16 error wrong_type: spec.memory_size: must be a whole number, found \"256MB\""},
      {"memory_size: 256", "memory_size: 0256",
       "8:16 error wrong_type: spec.memory_size: must be a whole number, found \"0256\""},
      {"memory_size: 256", "memory_size: 256.0",
       "8:16 error wrong_type: spec.memory_size: must be a whole number, found \"256.0\""},
      {"memory_size: 256", "memory_size: 64",
       "8:16 error out_of_range: spec.memory_size: must be between 128 and 32768, found 64"},
      {"memory_size: 256", "memory_size: -128",
       "8:16 error out_of_range: spec.memory_size: must be between 128 and 32768, found -128"},
      {"memory_size: 256", "memory_size: 99999999999999999999999",
       "8:16 error out_of_range: spec.memory_size: must be between 128 and 32768, found 99999999999999999999999"},
      {"memory_size: 256", "memory_size: 1000",
       "8:16 error unknown_value: spec.memory_size: 1000 MB is not a documented memory size [did you mean 1024?]"},
      {"memory_size: 256", "memory_size: 640",
       "8:16 warning unknown_value: spec.memory_size: 640 MB is not a documented memory size [it is sent as it stands; "
       "the service may know it]"},
      {"memory_size: 256", "memory_size: 8192",
       "8:16 warning unknown_value: spec.memory_size: 8192 MB is not a documented memory size [it is sent as it "
       "stands; the service may know it]"},
      {"memory_size: 256", "memory_size: !!int 256",
       "8:16 error wrong_type: spec.memory_size: has the YAML tag \"tag:yaml.org,2002:int\", which is not supported "
       "[leave the tag out; put text that starts with `!` in quotes]"},
      {"memory_size: 256",
       "memory_size:", "8:3 error wrong_type: spec.memory_size: must be a whole number, found nothing"},
      {"memory_size: 256", "memroy_size: 256",
       "8:3 error unknown_key: spec.memroy_size: unknown key [did you mean memory_size?]"},
      {"memory_size: 256", "memory: 256",
       "8:3 error unknown_key: spec.memory: unknown key [did you mean memory_size?]"},
      {"memory_size: 256", "memory_size: 256\n  <<: {timeout: 4}",
       "9:3 error unknown_key: spec.<<: unknown key [YAML merge keys are not supported; an alias for a whole value "
       "is]"},
      {"memory_size: 256", "memory_size: 256\n  memory_size: 512",
       "9:3 error duplicate_key: spec.memory_size: the key stands here again; it is already at f.yaml:8:3 [keep one of "
       "them]"},
      {"memory_size: 256", "memory_size: 256\n  gravity: 9.81",
       "9:3 error unknown_key: spec.gravity: unknown key [`fgsync schema` lists the known keys of each kind]"},
      {"timeout: 30", "timeout: 2", "9:12 error out_of_range: spec.timeout: must be between 3 and 259200, found 2"},
      {"timeout: 30", "timeout: 259201",
       "9:12 error out_of_range: spec.timeout: must be between 3 and 259200, found 259201"},
      {"timeout: 30", "timeout: 30s", "9:12 error wrong_type: spec.timeout: must be a whole number, found \"30s\""},
      {"timeout: 30", "timeout: {seconds: 30}",
       "9:12 error wrong_type: spec.timeout: must be a whole number, found a mapping"},
      {"description: Makes thumbnails", "description: 'mine [fgsync:own=other]'",
       "10:16 error reserved_text: spec.description: must not contain \"[fgsync:\" [fgsync writes its own marks "
       "there]"},
      {"description: Makes thumbnails", "description: [a]",
       "10:16 error wrong_type: spec.description: must be text, found a list"},
      {"timeout: 30", "app: image tools",
       "9:8 error invalid_value: spec.app: must be 1 to 60 letters, digits, - or _, starting with a letter, found "
       "\"image tools\""},
      {"timeout: 30", "app: 1st",
       "9:8 error invalid_value: spec.app: must be 1 to 60 letters, digits, - or _, starting with a letter, found "
       "\"1st\""},
      {"timeout: 30", "app: thumbnail",
       "9:8 error invalid_value: spec.app: must differ from the function's name, both are \"thumbnail\""},
      {"timeout: 30", "package: media", "9:3 error unknown_key: spec.package: unknown key [did you mean app?]"},
      {"timeout: 30", "adopt: yes", "9:10 error wrong_type: spec.adopt: must be true or false, found \"yes\""},
      {"timeout: 30", "adopt: 'true'",
       "9:10 error wrong_type: spec.adopt: must be true or false, found \"true\" in quotes [write it without quotes]"},
      {"timeout: 30", "depends_on: image-tools",
       "9:15 error wrong_type: spec.depends_on: must be a list, found \"image-tools\""},
      {"timeout: 30", "depends_on: [9tools, {a: b}]",
       "9:16 error invalid_value: spec.depends_on[0]: must be 1 to 60 letters, digits, - or _, starting with a letter "
       "and ending with a letter or digit, found \"9tools\"\n"
       "9:24 error wrong_type: spec.depends_on[1]: must be text, found a mapping"},
      {"timeout: 30", "depends_on: [thumbnail]",
       "9:16 error dependency_cycle: spec.depends_on[0]: a function must not depend on itself"},
      {"timeout: 30", "depends_on: [image-tools]",
       "9:16 error unknown_function: spec.depends_on: no manifest defines a function \"image-tools\""},
      {"timeout: 30", "xrole: my-agency\n  tags: {a: b}", ""},
      {"timeout: 30", "encrypted_user_data: {A: {from_env: A}}", ""},
      {"timeout: 30", "dependson: [a]",
       "9:3 error unknown_key: spec.dependson: unknown key [did you mean depends_on?]"},
      {"timeout: 30", "retain_version: 3",
       "9:3 error unknown_key: spec.retain_version: unknown key [did you mean retain_versions?]"},
  });
}

TEST_CASE("manifest: mistakes in spec.user_data are reported at their place, in plain words") {
  check_base({
      {"    BUCKET: photos\n", "    BUCKET:\n",
       "14:5 error wrong_type: spec.user_data.BUCKET: must be text, found nothing"},
      {"    BUCKET: photos\n", "    BUCKET: [photos]\n",
       "14:13 error wrong_type: spec.user_data.BUCKET: must be text, found a list"},
      {"    BUCKET: photos\n", "    BUCKET: a\n    BUCKET: b\n",
       "15:5 error duplicate_key: spec.user_data.BUCKET: the key stands here again; it is already at f.yaml:14:5 [keep "
       "one of them]"},
      {"    BUCKET: photos\n", "    MY BUCKET: b\n    'A=B': c\n    '': d\n",
       "14:5 error invalid_value: spec.user_data: a key must be the name of a variable, without = and blanks, found "
       "\"MY BUCKET\"\n"
       "15:5 error invalid_value: spec.user_data: a key must be the name of a variable, without = and blanks, found "
       "\"A=B\"\n"
       "16:5 error invalid_value: spec.user_data: a key must be the name of a variable, without = and blanks, found "
       "\"\""},
      {"    BUCKET: photos\n", "    BUCKET: !secret photos\n",
       "14:13 error wrong_type: spec.user_data.BUCKET: has the YAML tag \"!secret\", which is not supported [leave the "
       "tag out; put text that starts with `!` in quotes]"},
      {"  user_data:\n    BUCKET: photos\n", "  user_data: [A=b]\n",
       "13:14 error wrong_type: spec.user_data: must be a mapping, found a list"},
  });
}

}  // namespace fgsync::manifest::test
