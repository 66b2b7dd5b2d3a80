// Encrypted variables: the service gives them back blank, so what was sent last, or a version's fingerprint, must tell.
#include "plan/secrets.hpp"

#include <catch2/catch.hpp>

#include "tests/plan/base_case.hpp"

using namespace fgsync;
using namespace fgsync::test;

namespace {

/// A function with one secret, of which everything was applied.
struct SecretCase : Case {
  SecretCase() {
    manifest::SecretReference reference;
    reference.source = "DB_PASSWORD";
    reference.position = {"m.yaml", 14, 9};
    desired.function.extra->encrypted_user_data["PASSWORD"] = reference;
    desired.secrets["PASSWORD"] = {"mark-1", std::nullopt, std::nullopt};
    observed_config().has_encrypted_user_data = true;
    refresh_all();
    remember();
    last->config.merge(plan::remembered_secrets(desired.secrets));
  }

  /// The secret counts for the fingerprint, as it does with a shared key or a revision.
  void share(const std::string& mark) {
    desired.secrets["PASSWORD"].shared = mark;
    refresh_all();
  }

  void refresh_all() {
    desired.fingerprint = plan::fingerprint_of(desired.contents.digest, desired.function, desired.secrets);
  }

  /// The published version carries what is desired now.
  void mark_version() {
    observed->versions[0].description =
        plan::with_fingerprint("First", desired.fingerprint, observed->versions[0].digest);
  }

  void change_secret() { desired.secrets["PASSWORD"].local = "mark-2"; }

  void lose_secret(ErrorKind kind) {
    desired.secrets["PASSWORD"].local = "";
    desired.secrets["PASSWORD"].failure = Error(kind, "the environment variable DB_PASSWORD is not set");
  }
};

std::vector<std::string> notes_of(const plan::FunctionPlan& plan) {
  std::vector<std::string> codes;
  for (const plan::Note& note : plan.notes) codes.push_back(note.code);
  return codes;
}

}  // namespace

TEST_CASE("secrets: the same as sent last: nothing to do") {
  const SecretCase base;
  const auto plan = base.run();
  CHECK(plan.is_unchanged());
  CHECK(plan.notes.empty());
}

TEST_CASE("secrets: a changed one is sent, and its value is nowhere") {
  SecretCase base;
  base.desired.function.version.reset();
  base.desired.function.aliases.clear();
  base.change_secret();
  const auto plan = base.run();
  REQUIRE(steps_of(plan) == Texts{"update configuration"});
  CHECK(plan.steps[0].reason == plan::Reason::desired_changed);
  const auto& change = std::get<plan::UpdateConfig>(plan.steps[0].action).changes.at(0);
  CHECK(change.path == "encrypted_user_data.PASSWORD");
  CHECK(change.before == "(secret)");
  CHECK(change.after == "(secret, changed)");
  CHECK(change.is_sensitive);
}

TEST_CASE("secrets: a version with a fixed name froze the old one, so a new name is needed") {
  SecretCase base;
  base.change_secret();
  const auto plan = base.run();
  CHECK(plan.steps.empty());
  CHECK(blocked_of(plan) ==
        Texts{"v1.0.0 is published with another encrypted_user_data.PASSWORD (a secret): bump the version"});
  CHECK(plan.blocked[0].code == "version_conflict");
  CHECK(plan.blocked[0].position->to_string() == "m.yaml:20:11");
}

TEST_CASE("secrets: one that counts for the fingerprint names a new automatic version") {
  SecretCase base;
  base.desired.function.version->is_auto = true;
  base.share("revision 1");
  base.mark_version();
  CHECK(base.run().is_unchanged());
  base.share("revision 2");
  base.change_secret();
  CHECK(steps_of(base.run()) == Texts{"update configuration", "publish v-" + base.desired.fingerprint,
                                      "move alias prod to v-" + base.desired.fingerprint});
}

TEST_CASE("secrets: one that counts for no fingerprint reaches latest only, and that is said") {
  SecretCase base;
  base.desired.function.version->is_auto = true;
  base.change_secret();
  const auto plan = base.run();
  CHECK(steps_of(plan) == Texts{"update configuration"});
  CHECK(notes_of(plan) == Texts{"secret_not_published"});
}

TEST_CASE("secrets: without memory they are unknown, never unchanged") {
  SecretCase base;
  base.last.reset();
  const auto plan = base.run();
  REQUIRE(steps_of(plan) == Texts{"update configuration"});
  CHECK(plan.steps[0].reason == plan::Reason::secret_unknown);
}

TEST_CASE("secrets: without memory a version's fingerprint tells, if they count for it") {
  SecretCase base;
  base.share("revision 1");
  base.mark_version();
  base.last.reset();
  CHECK(base.run().is_unchanged());
}

TEST_CASE("secrets: a fingerprint that they do not count for tells nothing") {
  SecretCase base;
  base.mark_version();
  base.last.reset();
  CHECK(steps_of(base.run()) == Texts{"update configuration"});
}

TEST_CASE("secrets: somebody took them away: put back, as drift, and no conflict with the version") {
  SecretCase base;
  base.observed_config().has_encrypted_user_data = false;
  const auto plan = base.run();
  REQUIRE(steps_of(plan) == Texts{"update configuration"});
  CHECK(plan.steps[0].reason == plan::Reason::drifted);
  const auto& change = std::get<plan::UpdateConfig>(plan.steps[0].action).changes.at(0);
  CHECK_FALSE(change.before);
  CHECK(change.after == "(secret)");
}

TEST_CASE("secrets: one that the manifest names no more is taken away") {
  SecretCase base;
  base.desired.function.version.reset();
  base.desired.function.aliases.clear();
  base.desired.function.extra->encrypted_user_data.clear();
  base.desired.secrets.clear();
  base.refresh_all();
  const auto plan = base.run();
  REQUIRE(steps_of(plan) == Texts{"update configuration"});
  const auto& change = std::get<plan::UpdateConfig>(plan.steps[0].action).changes.at(0);
  CHECK(change.before == "(secret)");
  CHECK_FALSE(change.after);
}

TEST_CASE("secrets: foreign ones are not erased by an update of something else") {
  Case base;
  base.observed_config().has_encrypted_user_data = true;
  CHECK(base.run().is_unchanged());
  base.observed_config().timeout = std::chrono::seconds(5);
  const auto plan = base.run();
  CHECK(plan.steps.empty());
  REQUIRE(plan.blocked.size() == 1);
  CHECK(plan.blocked[0].code == "encrypted_user_data");
}

TEST_CASE("secrets: one that is not available blocks what is to be applied") {
  SecretCase base;
  base.lose_secret(ErrorKind::not_found);
  base.options.needs_secrets = true;
  const auto plan = base.run();
  CHECK(plan.steps.empty());
  REQUIRE(plan.blocked.size() == 1);
  CHECK(plan.blocked[0].code == "secret_unavailable");
  CHECK(plan.blocked[0].message ==
        "the secret PASSWORD is not available here: the environment variable DB_PASSWORD is not set");
  CHECK(plan.blocked[0].position->to_string() == "m.yaml:14:9");
}

TEST_CASE("secrets: a plan on a machine without them says so and shows the rest") {
  SecretCase base;
  base.lose_secret(ErrorKind::not_found);
  base.observed_config().timeout = std::chrono::seconds(5);
  const auto plan = base.run();
  CHECK(steps_of(plan) == Texts{"update configuration"});
  CHECK(notes_of(plan) == Texts{"secret_unavailable"});
}

TEST_CASE("secrets: one that the configuration does not allow is blocked in every plan") {
  SecretCase base;
  base.lose_secret(ErrorKind::invalid);
  CHECK(base.run().blocked.size() == 1);
}

TEST_CASE("secrets: what is not shared leaves the fingerprint alone") {
  SecretCase base;
  const std::string before = base.desired.fingerprint;
  base.change_secret();
  base.refresh_all();
  CHECK(base.desired.fingerprint == before);
  base.share("revision 1");
  CHECK(base.desired.fingerprint != before);
}

// ---- another writer

TEST_CASE("another writer: the third foreign change within an hour is not put back") {
  Case base;
  base.remember();
  base.observed_config().timeout = std::chrono::seconds(5);
  const auto plan_after = [&base](int changes) {
    plan::Inputs inputs{base.desired, base.observed, base.last};
    inputs.foreign_changes = changes;
    return plan::plan_function(inputs, base.options);
  };
  CHECK(steps_of(plan_after(1)) == Texts{"update configuration"});
  const auto plan = plan_after(2);
  CHECK(plan.steps.empty());
  REQUIRE(plan.blocked.size() == 1);
  CHECK(plan.blocked[0].code == "another_writer");
  CHECK(plan.blocked[0].message ==
        "somebody else changed this function for the 3rd time within an hour, and fgsync stops putting it back until "
        "an hour has passed: find out who, or say self_heal: false in its manifest");
}

TEST_CASE("another writer: what the manifest changed is done all the same") {
  Case base;
  base.remember();
  base.desired.function.version.reset();
  base.desired.function.aliases.clear();
  base.desired.function.timeout = std::chrono::seconds(60);
  base.refresh();
  plan::Inputs inputs{base.desired, base.observed, base.last};
  inputs.foreign_changes = 5;
  CHECK(steps_of(plan::plan_function(inputs, base.options)) == Texts{"update configuration"});
}
