// What the loader says about every mistake it knows in what a function runs, and in its secrets.
#include <catch2/catch.hpp>

#include "tests/manifest/bad_cases.hpp"

namespace fgsync::manifest::test {

TEST_CASE("manifest: mistakes in spec.code are reported at their place, in plain words") {
  check_base({
      {"  code:\n    directory: code\n", "", "5:1 error missing: spec.code: is missing"},
      {"  code:\n    directory: code\n", "  code: code\n",
       "11:9 error wrong_type: spec.code: must be a mapping, found \"code\" [write `code: {directory: \"code\"}`]"},
      {"    directory: code\n", "    ignore: [a]\n",
       "11:3 error missing: spec.code: must have exactly one of directory, file, archive, jar, obs or image, found "
       "none"},
      {"directory: code", "directory: ''",
       "12:16 error invalid_value: spec.code.directory: must be a path, found \"\""},
      {"directory: code", "directory:", "12:5 error wrong_type: spec.code.directory: must be text, found nothing"},
      {"directory: code", "archive: dist/thumb.zip", ""},
      {"directory: code", "directory: code\n    image: swr/x",
       "6:12 error invalid_value: spec.runtime: must be \"Custom Image\" for an image, found \"Python3.9\"\n"
       "11:3 error too_many: spec.code: must have exactly one of directory, file, archive, jar, obs or image, found "
       "directory and image"},
      {"directory: code", "directroy: code",
       "11:3 error missing: spec.code: must have exactly one of directory, file, archive, jar, obs or image, found "
       "none\n"
       "12:5 error unknown_key: spec.code.directroy: unknown key [did you mean directory?]"},
      {"directory: code", "directory: code\n    exclude: [a]",
       "13:5 error unknown_key: spec.code.exclude: unknown key [did you mean ignore?]"},
      {"directory: code", "directory: code\n    ignore: '*.pyc'",
       "13:13 error wrong_type: spec.code.ignore: must be a list, found \"*.pyc\" in quotes"},
      {"directory: code", "directory: code\n    ignore: [a, , {b: c}]",
       "13:5 error wrong_type: spec.code.ignore[1]: must be text, found nothing\n"
       "13:19 error wrong_type: spec.code.ignore[2]: must be text, found a mapping"},
  });
}

TEST_CASE("manifest: mistakes in archives, objects and images are reported at their place") {
  check_changed({
      {"{directory: code}", "{archive: \"\"}",
       "8:19 error invalid_value: spec.code.archive: must be a path, found \"\""},
      {"{directory: code}", "{file: [index.py]}", "8:16 error wrong_type: spec.code.file: must be text, found a list"},
      {"{directory: code}", "{jar: \"a\\tb\"}",
       "8:15 error invalid_value: spec.code.jar: must be a path, found \"a?b\""},
      {"{directory: code}", "{archive: a.zip, file: b.py, jar: c.jar}",
       "8:3 error too_many: spec.code: must have exactly one of directory, file, archive, jar, obs or image, found "
       "archive, file and jar"},
      {"{directory: code}", "{archive: a.zip, ignore: [tests]}",
       "8:34 error invalid_value: spec.code.ignore: goes with a directory only"},
      {"{directory: code}", "{zip: a.zip}",
       "8:3 error missing: spec.code: must have exactly one of directory, file, archive, jar, obs or image, found "
       "none\n"
       "8:10 error unknown_key: spec.code.zip: unknown key [did you mean archive?]"},
      {"{directory: code}", "{obs: \"https://b.obs.example/a.zip\"}",
       "8:15 error wrong_type: spec.code.obs: must be a mapping, found \"https://b.obs.example/a.zip\" in quotes"},
      {"{directory: code}", "{obs: {}}",
       "8:10 error missing: spec.code.obs.url: is missing\n"
       "8:10 error missing: spec.code.obs.digest: is missing"},
      {"{directory: code}", "{obs: {url: \"https://b.obs.example/a.zip\"}}",
       "8:10 error missing: spec.code.obs.digest: is missing"},
      {"{directory: code}",
       "{obs: {url: \"http://b.obs.example/a.zip\", digest: \"sha512:" + std::string(128, '0') + "\"}}",
       "8:21 error invalid_value: spec.code.obs.url: must be https:// and the place of an object, without blanks, "
       "found \"http://b.obs.example/a.zip\""},
      {"{directory: code}", "{obs: {url: \"https://\", digest: \"sha512:" + std::string(128, '0') + "\"}}",
       "8:21 error invalid_value: spec.code.obs.url: must be https:// and the place of an object, without blanks, "
       "found \"https://\""},
      {"{directory: code}",
       "{obs: {url: \"https://b.obs.example/ä.zip\", digest: \"sha512:" + std::string(128, '0') + "\"}}",
       "8:21 error invalid_value: spec.code.obs.url: must be https:// and the place of an object, without blanks, "
       "found \"https://b.obs.example/ä.zip\""},
      {"{directory: code}",
       "{obs: {url: \"https://b.obs.example/a b.zip\", digest: \"sha512:" + std::string(128, '0') + "\"}}",
       "8:21 error invalid_value: spec.code.obs.url: must be https:// and the place of an object, without blanks, "
       "found \"https://b.obs.example/a b.zip\""},
      {"{directory: code}",
       "{obs: {url: \"https://b.obs.example/a.zip\", digest: \"sha512:" + std::string(127, '0') + "\"}}",
       "8:60 error invalid_value: spec.code.obs.digest: must be sha512: and 128 lower-case hex digits, found "
       "\"sha512:" +
           std::string(53, '0') + "…\""},
      {"{directory: code}",
       "{obs: {url: \"https://b.obs.example/a.zip\", digest: \"sha512:" + std::string(128, 'A') + "\"}}",
       "8:60 error invalid_value: spec.code.obs.digest: must be sha512: and 128 lower-case hex digits, found "
       "\"sha512:" +
           std::string(53, 'A') + "…\""},
      {"{directory: code}",
       "{obs: {url: \"https://b.obs.example/a.zip\", digest: \"sha256:" + std::string(64, '0') + "\"}}",
       "8:60 error invalid_value: spec.code.obs.digest: must be sha512: and 128 lower-case hex digits, found "
       "\"sha256:" +
           std::string(53, '0') + "…\""},
      {"{directory: code}",
       "{obs: {url: \"https://b.obs.example/a.zip\", digest: \"sha512:" + std::string(128, '0') + "\", size: 3}}",
       "8:199 error unknown_key: spec.code.obs.size: unknown key [known keys are url, digest]"},
      {"{directory: code}", "{image: swr.example.com/org/app:1.2}",
       "6:12 error invalid_value: spec.runtime: must be \"Custom Image\" for an image, found \"Python3.9\""},
      {"Python3.9\n"
       "  handler: index.handler\n"
       "  code: {directory: code}",
       "Custom Image\n"
       "  handler: \"-\"\n"
       "  code: {image: app}",
       "8:17 error invalid_value: spec.code.image: must be an image with its registry, such as "
       "swr.cn-north-4.myhuaweicloud.com/org/app:1.2, found \"app\""},
      {"Python3.9\n"
       "  handler: index.handler\n"
       "  code: {directory: code}",
       "Custom Image\n"
       "  handler: \"-\"\n"
       "  code: {image: \"/org/app\"}",
       "8:17 error invalid_value: spec.code.image: must be an image with its registry, such as "
       "swr.cn-north-4.myhuaweicloud.com/org/app:1.2, found \"/org/app\""},
      {"Python3.9\n"
       "  handler: index.handler\n"
       "  code: {directory: code}",
       "Custom Image\n"
       "  handler: \"-\"\n"
       "  code: {image: \"swr.example.com/a b\"}",
       "8:17 error invalid_value: spec.code.image: must be an image with its registry, such as "
       "swr.cn-north-4.myhuaweicloud.com/org/app:1.2, found \"swr.example.com/a b\""},
      {"Python3.9\n"
       "  handler: index.handler\n"
       "  code: {directory: code}",
       "Custom Image\n"
       "  handler: \"-\"\n"
       "  code: {directory: code}",
       "7:12 error invalid_value: spec.handler: must be 3 to 128 characters with a dot, such as index.handler, found "
       "\"-\" [only a function made from an image has no handler]\n"
       "8:3 error invalid_value: spec.code: must be an image for the runtime \"Custom Image\" [write `code: {image: "
       "…}`]"},
      {"Python3.9\n"
       "  handler: index.handler\n"
       "  code: {directory: code}",
       "custom-image\n"
       "  handler: \"-\"\n"
       "  code: {image: swr.example.com/org/app:1.2}",
       "6:12 error unknown_value: spec.runtime: \"custom-image\" is not a documented runtime [did you mean Custom "
       "Image?]"},
      {"index.handler", "\"-\"",
       "7:12 error invalid_value: spec.handler: must be 3 to 128 characters with a dot, such as index.handler, found "
       "\"-\" [only a function made from an image has no handler]"},
  });
}

TEST_CASE("manifest: mistakes in spec.encrypted_user_data are reported, and no value can stand there") {
  check_more({
      {"encrypted_user_data: [A]", "9:24 error wrong_type: spec.encrypted_user_data: must be a mapping, found a list"},
      {"encrypted_user_data: {A: secret}", "9:28 error wrong_type: spec.encrypted_user_data.A: must be a mapping"},
      {"encrypted_user_data: {A: }",
       "9:25 error wrong_type: spec.encrypted_user_data.A: must be a mapping, found nothing"},
      {"encrypted_user_data: {A: {}}",
       "9:25 error missing: spec.encrypted_user_data.A: must have exactly one of from_env or from_file, found none"},
      {"encrypted_user_data: {A: {value: secret}}",
       "9:25 error missing: spec.encrypted_user_data.A: must have exactly one of from_env or from_file, found none\n"
       "9:29 error unknown_key: spec.encrypted_user_data.A.value: unknown key [known keys are from_env, from_file, "
       "revision]"},
      {"encrypted_user_data: {A: {from_env: B, from_file: /run/b}}",
       "9:25 error too_many: spec.encrypted_user_data.A: must have exactly one of from_env or from_file, found "
       "from_env and from_file"},
      {"encrypted_user_data: {A: {from_env: \"B=C\"}}",
       "9:39 error invalid_value: spec.encrypted_user_data.A.from_env: must be the name of a variable, without = and "
       "blanks"},
      {"encrypted_user_data: {A: {from_env: \"\"}}",
       "9:39 error invalid_value: spec.encrypted_user_data.A.from_env: must be the name of a variable, without = and "
       "blanks"},
      {"encrypted_user_data: {A: {from_env: [B]}}",
       "9:39 error wrong_type: spec.encrypted_user_data.A.from_env: must be text, found a list"},
      {"encrypted_user_data: {A: {from_file: \"\"}}",
       "9:40 error invalid_value: spec.encrypted_user_data.A.from_file: must be a path"},
      {"encrypted_user_data: {A: {from_file: \"a\\nb\"}}",
       "9:40 error invalid_value: spec.encrypted_user_data.A.from_file: must be a path"},
      {"encrypted_user_data: {A: {from_env: B, revision: -1}}",
       "9:52 error out_of_range: spec.encrypted_user_data.A.revision: must be between 0 and 1000000000, found -1"},
      {"encrypted_user_data: {A: {from_env: B, revision: 1000000001}}",
       "9:52 error out_of_range: spec.encrypted_user_data.A.revision: must be between 0 and 1000000000, found "
       "1000000001"},
      {"encrypted_user_data: {A: {from_env: B, revision: \"2\"}}",
       "9:52 error wrong_type: spec.encrypted_user_data.A.revision: must be a whole number [write it without quotes]"},
      {"encrypted_user_data: {A: {revision: 2}}",
       "9:25 error missing: spec.encrypted_user_data.A: must have exactly one of from_env or from_file, found none"},
      {"encrypted_user_data: {\"A B\": {from_env: B}}",
       "9:25 error invalid_value: spec.encrypted_user_data: a key must be the name of a variable, without = and "
       "blanks"},
      {"encrypted_user_data: {A: {from_env: B}, A: {from_env: C}}",
       "9:43 error duplicate_key: spec.encrypted_user_data.A: the key stands here again; it is already at f.yaml:9:25 "
       "[keep one of them]"},
      {"encrypted_user_data: {A: {form_env: B}}",
       "9:25 error missing: spec.encrypted_user_data.A: must have exactly one of from_env or from_file, found none\n"
       "9:29 error unknown_key: spec.encrypted_user_data.A.form_env: unknown key [did you mean from_env?]"},
      {"user_data: {A: b}\n"
       "  encrypted_user_data: {A: {from_env: B}}",
       "10:25 error duplicate_name: spec.encrypted_user_data.A: \"A\" stands in user_data already, at f.yaml:9:15"},
      {"secrets: {A: {from_env: B}}",
       "9:3 error unknown_key: spec.secrets: unknown key [did you mean encrypted_user_data?]"},
  });
}

}  // namespace fgsync::manifest::test
