// What the loader says about every mistake it knows: each case changes one place of the base manifest.
#include <catch2/catch.hpp>
#include <vector>

#include "tests/manifest/support.hpp"

namespace fgsync::manifest::test {
namespace {

struct Case {
  std::string_view old_text;
  std::string_view new_text;
  std::string_view expected;
};

const std::string_view kSpec = kBase.substr(kBase.find("spec:"));

void check(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    CAPTURE(c.old_text, c.new_text);
    const LoadResult result = load_text(with(c.old_text, c.new_text));
    CHECK(listing(result.diagnostics) == c.expected);
    CHECK(result.functions.empty() == has_error(result.diagnostics));
  }
}

}  // namespace

TEST_CASE("manifest: mistakes in metadata are reported at their place, in plain words") {
  check({
      {"metadata:\n  name: thumbnail\n", "", "1:1 error missing: metadata: is missing"},
      {"  name: thumbnail\n", "", "3:1 error wrong_type: metadata: must be a mapping, found nothing"},
      {"  name: thumbnail\n", "  labels: {team: media}\n", "3:1 error missing: metadata.name: is missing"},
      {"name: thumbnail", "name: 9lives",
       "4:9 error invalid_value: metadata.name: must be 1 to 60 letters, digits, - or _, starting with a letter and "
       "ending with a letter or digit, found \"9lives\""},
      {"name: thumbnail", "name: thumbnail-",
       "4:9 error invalid_value: metadata.name: must be 1 to 60 letters, digits, - or _, starting with a letter and "
       "ending with a letter or digit, found \"thumbnail-\""},
      {"name: thumbnail", "name: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
       "4:9 error invalid_value: metadata.name: must be 1 to 60 letters, digits, - or _, starting with a letter and "
       "ending with a letter or digit, found \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…\""},
      {"name: thumbnail", "name: thumb nail",
       "4:9 error invalid_value: metadata.name: must be 1 to 60 letters, digits, - or _, starting with a letter and "
       "ending with a letter or digit, found \"thumb nail\""},
      {"name: thumbnail", "name: [thumbnail]", "4:9 error wrong_type: metadata.name: must be text, found a list"},
      {"name: thumbnail", "name:", "4:3 error wrong_type: metadata.name: must be text, found nothing"},
      {"name: thumbnail", "name: ''",
       "4:9 error invalid_value: metadata.name: must be 1 to 60 letters, digits, - or _, starting with a letter and "
       "ending with a letter or digit, found \"\""},
      {"name: thumbnail", "name: vignette-é",
       "4:9 error invalid_value: metadata.name: must be 1 to 60 letters, digits, - or _, starting with a letter and "
       "ending with a letter or digit, found \"vignette-é\""},
      {"name: thumbnail", "nmae: thumbnail",
       "3:1 error missing: metadata.name: is missing\n"
       "4:3 error unknown_key: metadata.nmae: unknown key [did you mean name?]"},
      {"name: thumbnail", "name: thumbnail\n  name: other",
       "5:3 error duplicate_key: metadata.name: the key stands here again; it is already at f.yaml:4:3 [keep one of "
       "them]"},
      {"name: thumbnail", "name: thumbnail\n  labels: media",
       "5:11 error wrong_type: metadata.labels: must be a mapping, found \"media\""},
      {"name: thumbnail", "name: thumbnail\n  labels: {team: [a]}",
       "5:18 error wrong_type: metadata.labels.team: must be text, found a list"},
      {"name: thumbnail", "name: thumbnail\n  labels: {team name: a, team: 'b,c'}",
       "5:12 error invalid_value: metadata.labels: a label must be 1 to 63 letters, digits, -, _, . or /, found \"team "
       "name\"\n"
       "5:32 error invalid_value: metadata.labels.team: must be at most 63 letters, digits, -, _, . or /, found "
       "\"b,c\""},
      {"name: thumbnail", "name: thumbnail\n  namespace: prod",
       "5:3 error unknown_key: metadata.namespace: unknown key [known keys are name, labels]"},
      {"metadata:\n  name: thumbnail", "metadata: thumbnail",
       "3:11 error wrong_type: metadata: must be a mapping, found \"thumbnail\""},
  });
}

TEST_CASE("manifest: mistakes in the envelope are reported at their place, in plain words") {
  check({
      {"kind: Function\n", "", "1:1 error missing: kind: is missing [write `kind: Function`]"},
      {"kind: Function", "kind: Funktion",
       "2:7 error unknown_value: kind: must be Function or Config, found \"Funktion\" [did you mean Function?]"},
      {"kind: Function", "kind: Deployment",
       "2:7 error unknown_value: kind: must be Function or Config, found \"Deployment\""},
      {"kind: Function", "kind: [Function]", "2:7 error unknown_value: kind: must be Function or Config, found a list"},
      {"apiVersion: fgsync/v1", "apiVersion: fgsync/v2",
       "1:13 error unknown_api_version: apiVersion: must be fgsync/v1, found \"fgsync/v2\" [this version of fgsync "
       "knows only fgsync/v1]"},
      {"apiVersion: fgsync/v1", "apiVersion: fgsinc/v1",
       "1:13 error unknown_api_version: apiVersion: must be fgsync/v1, found \"fgsinc/v1\""},
      {"apiVersion: fgsync/v1", "apiVersion: FGSync/v1",
       "1:13 error unknown_api_version: apiVersion: must be fgsync/v1, found \"FGSync/v1\""},
      {"apiVersion: fgsync/v1\n", "", "1:1 error missing: apiVersion: is missing [write `apiVersion: fgsync/v1`]"},
      {"apiVersion: fgsync/v1", "apiversion: fgsync/v1",
       "1:1 error unknown_key: apiversion: unknown key [did you mean apiVersion?]"},
      {"apiVersion: fgsync/v1", "apiVersion: fgsync/v1\nstatus: {}",
       "2:1 error unknown_key: status: unknown key [known keys are apiVersion, kind, metadata, spec]"},
      {"apiVersion: fgsync/v1", "apiVersion: fgsync/v1\napiVersion: fgsync/v1",
       "2:1 error duplicate_key: apiVersion: the key stands here again; it is already at f.yaml:1:1 [keep one of "
       "them]"},
      {"apiVersion: fgsync/v1", "apiVersion: fgsync/v1\n[a, b]: c",
       "2:1 error wrong_type: a key must be text, found a list"},
  });
}

TEST_CASE("manifest: mistakes in settings of spec are reported at their place, in plain words") {
  check({
      {kSpec, "", "1:1 error missing: spec: is missing"},
      {kSpec, "spec:\n", "5:1 error wrong_type: spec: must be a mapping, found nothing"},
      {kSpec, "spec: []\n", "5:7 error wrong_type: spec: must be a mapping, found a list"},
      {kSpec, "spec: {}\n",
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
       "6:12 error not_supported_yet: spec.runtime: functions made from an image are not supported by this version of "
       "fgsync"},
      {"runtime: Python3.9", "runtime: ''", "6:12 error unknown_value: spec.runtime: \"\" is not a documented runtime"},
      {"runtime: Python3.9", "runtime: ~", "6:3 error wrong_type: spec.runtime: must be text, found nothing"},
      {"  runtime: Python3.9\n", "", "5:1 error missing: spec.runtime: is missing"},
      {"handler: index.handler", "handler: index",
       "7:12 error invalid_value: spec.handler: must be 3 to 128 characters with a dot, found \"index\" [a file and a "
       "function in it: index.handler]"},
      {"handler: index.handler", "handler: .h",
       "7:12 error invalid_value: spec.handler: must be 3 to 128 characters with a dot, found \".h\" [a file and a "
       "function in it: index.handler]"},
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
       "9:3 error unknown_key: spec.gravity: unknown key [known keys are app, runtime, handler, memory_size, timeout, "
       "description, code, user_data, version, aliases, depends_on, adopt]"},
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
      {"timeout: 30", "xrole: my-agency\n  tags: {a: b}",
       "9:3 error not_supported_yet: spec.xrole: is not supported by this version of fgsync\n"
       "10:3 error not_supported_yet: spec.tags: is not supported by this version of fgsync"},
      {"timeout: 30", "encrypted_user_data: {A: {from_env: A}}",
       "9:3 error not_supported_yet: spec.encrypted_user_data: is not supported by this version of fgsync"},
      {"timeout: 30", "dependson: [a]",
       "9:3 error unknown_key: spec.dependson: unknown key [did you mean depends_on?]"},
      {"timeout: 30", "retain_version: 3",
       "9:3 error unknown_key: spec.retain_version: unknown key [did you mean retain_versions?]"},
  });
}

TEST_CASE("manifest: mistakes in spec.code are reported at their place, in plain words") {
  check({
      {"  code:\n    directory: code\n", "", "5:1 error missing: spec.code: is missing"},
      {"  code:\n    directory: code\n", "  code: code\n",
       "11:9 error wrong_type: spec.code: must be a mapping, found \"code\""},
      {"    directory: code\n", "    ignore: [a]\n", "11:3 error missing: spec.code.directory: is missing"},
      {"directory: code", "directory: ''",
       "12:16 error wrong_type: spec.code.directory: must be a path, found nothing"},
      {"directory: code", "directory:", "12:5 error wrong_type: spec.code.directory: must be text, found nothing"},
      {"directory: code", "archive: dist/thumb.zip",
       "12:5 error not_supported_yet: spec.code.archive: is not supported by this version of fgsync"},
      {"directory: code", "directory: code\n    image: swr/x",
       "13:5 error not_supported_yet: spec.code.image: is not supported by this version of fgsync"},
      {"directory: code", "directroy: code",
       "11:3 error missing: spec.code.directory: is missing\n"
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

TEST_CASE("manifest: mistakes in spec.user_data are reported at their place, in plain words") {
  check({
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

TEST_CASE("manifest: mistakes in spec.version are reported at their place, in plain words") {
  check({
      {"  version:\n    name: v1.4.0\n", "  version: v1.4.0\n",
       "15:12 error wrong_type: spec.version: must be a mapping, found \"v1.4.0\" [write `version: {name: "
       "\"v1.4.0\"}`]"},
      {"  version:\n    name: v1.4.0\n", "  version: {}\n", "15:3 error missing: spec.version.name: is missing"},
      {"  version:\n    name: v1.4.0\n", "  version: auto\n",
       "15:12 error wrong_type: spec.version: must be a mapping, found \"auto\" [write `version: {name: \"auto\"}`]"},
      {"  version:\n    name: v1.4.0\n", "  version: [v1.4.0]\n",
       "15:12 error wrong_type: spec.version: must be a mapping, found a list"},
      {"    name: v1.4.0\n", "    name: latest\n",
       "16:11 error invalid_value: spec.version.name: must be 1 to 42 letters, digits, -, _ or ., starting and ending "
       "with a letter or digit, and not latest, found \"latest\""},
      {"    name: v1.4.0\n", "    name: .v1\n",
       "16:11 error invalid_value: spec.version.name: must be 1 to 42 letters, digits, -, _ or ., starting and ending "
       "with a letter or digit, and not latest, found \".v1\""},
      {"    name: v1.4.0\n", "    name: vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv\n",
       "16:11 error invalid_value: spec.version.name: must be 1 to 42 letters, digits, -, _ or ., starting and ending "
       "with a letter or digit, and not latest, found \"vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv\""},
      {"    name: v1.4.0\n", "    name: current\n",
       "16:11 error invalid_value: spec.version.name: must not be \"current\": in aliases that means the version named "
       "here"},
      {"    name: v1.4.0\n", "    name: v1.4.0\n    descripton: x\n",
       "17:5 error unknown_key: spec.version.descripton: unknown key [did you mean description?]"},
  });
}

TEST_CASE("manifest: mistakes in spec.aliases are reported at their place, in plain words") {
  check({
      {"      version: v1.4.0\n", "      version: current\n    - name: next\n      version: v1.4.0\n",
       "21:16 error version_shared: spec.aliases[1].version: version \"v1.4.0\" has the alias \"prod\" already, at "
       "f.yaml:19:16 [a version can have one alias: publish another version, or leave one of the aliases out]"},
      {"      version: v1.4.0\n", "      version: v1\n    - name: prod\n      version: v2\n",
       "20:13 error duplicate_name: spec.aliases[1].name: \"prod\" is an alias already, at f.yaml:18:13"},
      {"      version: v1.4.0\n", "      version: auto\n",
       "19:16 error invalid_value: spec.aliases[0].version: must be the name of a version or current, found \"auto\" "
       "[current is the version that spec.version names]"},
      {"      version: v1.4.0\n", "      version: latest\n",
       "19:16 error invalid_value: spec.aliases[0].version: must be 1 to 42 letters, digits, -, _ or ., starting and "
       "ending with a letter or digit, and not latest, found \"latest\""},
      {"      version: v1.4.0\n", "", "18:7 error missing: spec.aliases[0].version: is missing"},
      {"    - name: prod\n", "    - description: x\n", "18:7 error missing: spec.aliases[0].name: is missing"},
      {"name: prod", "name: latest",
       "18:13 error invalid_value: spec.aliases[0].name: must be 1 to 63 letters, digits, - or _, starting with a "
       "letter and ending with a letter or digit, and not latest, found \"latest\""},
      {"name: prod", "name: prod_",
       "18:13 error invalid_value: spec.aliases[0].name: must be 1 to 63 letters, digits, - or _, starting with a "
       "letter and ending with a letter or digit, and not latest, found \"prod_\""},
      {"name: prod", "name: pppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppp",
       "18:13 error invalid_value: spec.aliases[0].name: must be 1 to 63 letters, digits, - or _, starting with a "
       "letter and ending with a letter or digit, and not latest, found "
       "\"pppppppppppppppppppppppppppppppppppppppppppppppppppppppppppp…\""},
      {"      version: v1.4.0\n", "      version: v1.4.0\n      additional_version_weights: {v1.3.0: 10}\n",
       "20:7 error not_supported_yet: spec.aliases[0].additional_version_weights: is not supported by this version of "
       "fgsync"},
      {"      version: v1.4.0\n", "      version: v1.4.0\n      weight: 10\n",
       "20:7 error unknown_key: spec.aliases[0].weight: unknown key [known keys are name, version, description]"},
      {"    - name: prod\n      version: v1.4.0\n", "    - prod\n    -\n",
       "17:3 error wrong_type: spec.aliases[1]: must be a mapping, found nothing\n"
       "18:7 error wrong_type: spec.aliases[0]: must be a mapping, found \"prod\""},
      {"  aliases:\n    - name: prod\n      version: v1.4.0\n", "  aliases: {prod: v1.4.0}\n",
       "17:12 error wrong_type: spec.aliases: must be a list, found a mapping"},
      {"  version:\n    name: v1.4.0\n  aliases:\n    - name: prod\n      version: v1.4.0\n",
       "  aliases:\n    - name: prod\n      version: current\n",
       "17:16 error no_version: spec.aliases[0].version: current means the version of spec.version, which is missing "
       "[add spec.version, or name a published version]"},
  });
}

TEST_CASE("manifest: what is too long or too many is reported with the number found") {
  const auto listing_of = [](std::string_view old_text, const std::string& new_text) {
    return listing(load_text(with(old_text, new_text)).diagnostics);
  };
  std::string variables;
  std::string aliases;
  for (int i = 0; i < 21; ++i) variables += "    K" + std::to_string(i) + ": v\n";
  for (int i = 0; i < 11; ++i) {
    const std::string number = std::to_string(i);
    aliases.append("    - {name: a").append(number).append(", version: v").append(number).append("}\n");
  }
  std::string long_description;
  for (int i = 0; i < 513; ++i) long_description += "é";

  CHECK(listing_of("    BUCKET: photos\n", variables) ==
        "13:3 error out_of_range: spec.user_data: must have at most 20 entries, found 21");
  CHECK(listing_of("photos", std::string(4091, 'a')) ==
        "13:3 error out_of_range: spec.user_data: must have at most 4096 characters in keys and values together, "
        "found 4097");
  CHECK(listing_of("    - name: prod\n      version: v1.4.0\n", aliases) ==
        "17:3 error out_of_range: spec.aliases: must have at most 10 entries, found 11");
  CHECK(listing_of("Makes thumbnails", long_description) ==
        "10:16 error out_of_range: spec.description: must have at most 512 characters, found 513");
  CHECK(listing_of("name: v1.4.0", "name: v1.4.0\n    description: " + std::string(513, 'a')) ==
        "17:18 error out_of_range: spec.version.description: must have at most 512 characters, found 513");
  const std::string long_handler = "a." + std::string(127, 'b');
  CHECK(listing_of("index.handler", long_handler) ==
        "7:12 error invalid_value: spec.handler: must be 3 to 128 characters with a dot, found \"" +
            long_handler.substr(0, 60) + "…\" [a file and a function in it: index.handler]");
}

TEST_CASE("manifest: a document full of mistakes shows the first 1000 of them") {
  std::string keys;
  for (int i = 0; i < 20'000; ++i) keys += "  k" + std::to_string(i) + ": v\n";
  const LoadResult result = load_text(function_named("a", keys));
  REQUIRE(result.diagnostics.size() == 1001);
  CHECK(listing({result.diagnostics.back()}) ==
        "1009:3 error too_many_mistakes: the document has more than 1000 mistakes; the others are not shown");
  CHECK(result.functions.empty());
}

TEST_CASE("manifest: values at the edge of their range are taken") {
  const std::vector<std::pair<std::string, std::string>> changes = {
      {"name: thumbnail", "name: " + std::string(60, 'a')},
      {"index.handler", "a.b"},
      {"index.handler", "a." + std::string(126, 'b')},
      {"memory_size: 256", "memory_size: 128"},
      {"memory_size: 256", "memory_size: 4096"},
      {"timeout: 30", "timeout: 3"},
      {"timeout: 30", "timeout: 259200"},
      {"Makes thumbnails", std::string(512, 'a')},
      {"photos", std::string(4090, 'a')},
      {"photos", "''"},
      {"name: v1.4.0", "name: " + std::string(42, 'v')},
      {"name: v1.4.0", "name: 1"},
      {"name: prod", "name: " + std::string(63, 'p')},
      {"  user_data:\n    BUCKET: photos\n", "  user_data: {}\n"},
      {"  aliases:\n    - name: prod\n      version: v1.4.0\n", "  aliases: []\n"},
  };
  for (const auto& [old_text, new_text] : changes) {
    CAPTURE(old_text, new_text);
    const LoadResult result = load_text(with(old_text, new_text));
    CHECK(listing(result.diagnostics).empty());
    CHECK(result.functions.size() == 1);
  }
}

TEST_CASE("manifest: all mistakes of all files are reported in one run, in the order of the texts") {
  const LoadResult result = load({
      {.path = "a.yaml", .text = with("memory_size: 256\n  timeout: 30", "timeout: 1\n  memory_size: big")},
      {.path = "b.yaml", .text = function_named("ok")},
      {.path = "c.yaml", .text = "a: [\n"},
      {.path = "d.yaml", .text = function_named("4ever", "  depends_on: [nobody]\n")},
  });
  CHECK(listing(result.diagnostics) ==
        "a.yaml:8:12 error out_of_range: spec.timeout: must be between 3 and 259200, found 1\n"
        "a.yaml:9:16 error wrong_type: spec.memory_size: must be a whole number, found \"big\"\n"
        "c.yaml:2:1 error bad_syntax: not valid YAML: a `[` is never closed, or a comma is missing [close it with "
        "`]`]\n"
        "d.yaml:4:9 error invalid_value: metadata.name: must be 1 to 60 letters, digits, - or _, starting with a "
        "letter and ending with a letter or digit, found \"4ever\"\n"
        "d.yaml:9:16 error unknown_function: spec.depends_on: no manifest defines a function \"nobody\"");
  REQUIRE(result.functions.size() == 1);
  CHECK(result.functions[0].name == "ok");
  REQUIRE(result.rejected.size() == 2);
  CHECK(result.rejected[0].name == "thumbnail");
  CHECK(result.rejected[0].code_directory == "code");
  CHECK(result.rejected[1].name.empty());
  CHECK(result.rejected[1].position == SourcePosition{.file = "d.yaml", .line = 4, .column = 9});
}

}  // namespace fgsync::manifest::test
