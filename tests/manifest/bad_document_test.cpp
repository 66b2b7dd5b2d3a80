// What the loader says about every mistake it knows in the envelope and in metadata.
#include <catch2/catch.hpp>

#include "tests/manifest/bad_cases.hpp"

namespace fgsync::manifest::test {

TEST_CASE("manifest: mistakes in metadata are reported at their place, in plain words") {
  check_base({
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
  check_base({
      {"kind: Function\n", "", "1:1 error missing: kind: is missing [write `kind: Function`, Config or Environment]"},
      {"kind: Function", "kind: Funktion",
       "2:7 error unknown_value: kind: must be Function, Config or Environment, found \"Funktion\" [did you mean "
       "Function?]"},
      {"kind: Function", "kind: Deployment",
       "2:7 error unknown_value: kind: must be Function, Config or Environment, found \"Deployment\""},
      {"kind: Function", "kind: [Function]",
       "2:7 error unknown_value: kind: must be Function, Config or Environment, found a list"},
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

}  // namespace fgsync::manifest::test
