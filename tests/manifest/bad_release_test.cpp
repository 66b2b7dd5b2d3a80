// What the loader says about every mistake it knows in versions and aliases.
#include <catch2/catch.hpp>

#include "tests/manifest/bad_cases.hpp"

namespace fgsync::manifest::test {

TEST_CASE("manifest: mistakes in spec.version are reported at their place, in plain words") {
  check_base({
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
  check_base({
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
      {"      version: v1.4.0\n", "      version: v1.4.0\n      additional_version_weights: {v1.3.0: 10}\n", ""},
      {"      version: v1.4.0\n", "      version: v1.4.0\n      weight: 10\n",
       "20:7 error unknown_key: spec.aliases[0].weight: unknown key [known keys are name, version, description, "
       "additional_version_weights, additional_version_strategy]"},
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

TEST_CASE("manifest: mistakes in additional versions of an alias are reported at their place") {
  check_more({
      {"version: {name: v1}\n"
       "  aliases: [{name: prod, version: current, additional_version_weights: 10}]",
       "10:72 error wrong_type: spec.aliases[0].additional_version_weights: must be a mapping, found \"10\""},
      {"version: {name: v1}\n"
       "  aliases: [{name: prod, version: current, additional_version_weights: {v2: 101}}]",
       "10:77 error out_of_range: spec.aliases[0].additional_version_weights.v2: must be between 0 and 100, found 101"},
      {"version: {name: v1}\n"
       "  aliases: [{name: prod, version: current, additional_version_weights: {v2: -1}}]",
       "10:77 error out_of_range: spec.aliases[0].additional_version_weights.v2: must be between 0 and 100, found -1"},
      {"version: {name: v1}\n"
       "  aliases: [{name: prod, version: current, additional_version_weights: {v2: \"10\"}}]",
       "10:77 error wrong_type: spec.aliases[0].additional_version_weights.v2: must be a whole number, found \"10\" in "
       "quotes [write it without quotes]"},
      {"version: {name: v1}\n"
       "  aliases: [{name: prod, version: current, additional_version_weights: {v2: 10%}}]",
       "10:77 error wrong_type: spec.aliases[0].additional_version_weights.v2: must be a whole number, found \"10%\""},
      {"version: {name: v1}\n"
       "  aliases: [{name: prod, version: current, additional_version_weights: {v1: 10}}]",
       "10:73 error invalid_value: spec.aliases[0].additional_version_weights.v1: is the version of the alias itself; "
       "name another one"},
      {"version: {name: v1}\n"
       "  aliases: [{name: prod, version: current, additional_version_weights: {latest: 10}}]",
       "10:73 error invalid_value: spec.aliases[0].additional_version_weights: a version must be the name of a "
       "published version, or previous, found \"latest\""},
      {"version: {name: v1}\n"
       "  aliases: [{name: prod, version: current, additional_version_weights: {current: 10}}]",
       "10:73 error invalid_value: spec.aliases[0].additional_version_weights: a version must be the name of a "
       "published version, or previous, found \"current\""},
      {"version: {name: v1}\n"
       "  aliases: [{name: prod, version: current, additional_version_weights: {auto: 10}}]",
       "10:73 error invalid_value: spec.aliases[0].additional_version_weights: a version must be the name of a "
       "published version, or previous, found \"auto\""},
      {"version: {name: v1}\n"
       "  aliases: [{name: prod, version: current, additional_version_weights: {v2: 10, v3: 10}}]",
       "10:44 error out_of_range: spec.aliases[0].additional_version_weights: must have at most 1 entry, found 2"},
      {"version: {name: v1}\n"
       "  aliases: [{name: prod, version: current, additional_version_strategy: {}, additional_version_weights: {}}]",
       "10:44 error too_many: spec.aliases[0].additional_version_strategy: must not stand together with "
       "additional_version_weights, at f.yaml:10:77 [keep one of them]"},
      {"version: {name: v1}\n"
       "  aliases: [{name: prod, version: current, additional_version_strategy: or}]",
       "10:73 error wrong_type: spec.aliases[0].additional_version_strategy: must be a mapping, found \"or\""},
      {"version: {name: v1}\n"
       "  aliases: [{name: prod, version: current, additional_version_strategy: {v2: {}}}]",
       "10:74 error missing: spec.aliases[0].additional_version_strategy.v2.combine_type: is missing\n"
       "10:74 error missing: spec.aliases[0].additional_version_strategy.v2.rules: is missing"},
      {"version: {name: v1}\n"
       "  aliases: [{name: prod, version: current, additional_version_strategy: {v1: {combine_type: or, rules: []}}}]",
       "10:74 error invalid_value: spec.aliases[0].additional_version_strategy.v1: is the version of the alias itself; "
       "name another one"},
      {"version: {name: v1}\n"
       "  aliases: [{name: prod, version: current, additional_version_strategy: {v2: {combine_type: xor, rules: []}}}]",
       "10:93 error unknown_value: spec.aliases[0].additional_version_strategy.v2.combine_type: must be and or or, "
       "found \"xor\" [did you mean or?]"},
      {"version: {name: v1}\n"
       "  aliases: [{name: prod, version: current, additional_version_strategy: {v2: {combine_type: or, rules: "
       "[{}]}}}]",
       "10:105 error missing: spec.aliases[0].additional_version_strategy.v2.rules[0].rule_type: is missing\n"
       "10:105 error missing: spec.aliases[0].additional_version_strategy.v2.rules[0].param: is missing\n"
       "10:105 error missing: spec.aliases[0].additional_version_strategy.v2.rules[0].op: is missing\n"
       "10:105 error missing: spec.aliases[0].additional_version_strategy.v2.rules[0].value: is missing"},
      {"version: {name: v1}\n"
       "  aliases: [{name: prod, version: current, additional_version_strategy: {v2: {combine_type: or, rules: "
       "[{rule_type: Header, param: " +
           std::string(129, 'p') + ", op: \"=\", value: a}]}}}]",
       "10:132 error out_of_range: spec.aliases[0].additional_version_strategy.v2.rules[0].param: must have at most "
       "128 characters, found 129"},
      {"version: {name: v1}\n"
       "  aliases: [{name: prod, version: current, additional_version_strategy: {v2: {combine_type: or, rules: "
       "[{rule_type: Header, param: p, op: \"==\", value: a}]}}}]",
       "10:139 error unknown_value: spec.aliases[0].additional_version_strategy.v2.rules[0].op: must be = or in, found "
       "\"==\" in quotes [did you mean =?]"},
      {"version: {name: v1}\n"
       "  aliases: [{name: prod, version: current, additional_version_strategy: {v2: {combine_type: or, rules: "
       "[{rule_type: Header, param: p, op: in, value: [a, b]}]}}}]",
       "10:150 error wrong_type: spec.aliases[0].additional_version_strategy.v2.rules[0].value: must be text, found a "
       "list"},
      {"aliases: [{name: prod, version: v1, additional_version_weights: {v1: 10}}]",
       "9:68 error invalid_value: spec.aliases[0].additional_version_weights.v1: is the version of the alias itself; "
       "name another one"},
      {"aliases: [{name: prod, version: v1}, {name: prod, version: v1}]",
       "9:47 error duplicate_name: spec.aliases[1].name: \"prod\" is an alias already, at f.yaml:9:20"},
      {"alias: prod", "9:3 error unknown_key: spec.alias: unknown key [did you mean aliases?]"},
      {"versions: [v1]", "9:3 error unknown_key: spec.versions: unknown key [did you mean version?]"},
  });
}

}  // namespace fgsync::manifest::test
