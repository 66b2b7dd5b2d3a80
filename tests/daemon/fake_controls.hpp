#pragma once

#include <string>
#include <vector>

#include "daemon/controls.hpp"

namespace fgsync::test {

/// Remembers what was asked, as one line each, and answers what it was told to.
class FakeControls final : public daemon::Controls {
 public:
  explicit FakeControls(daemon::EventLog& events) : events_(events) {}

  std::vector<std::string> asked;
  daemon::DaemonView shown;
  std::optional<Error> failure;

  [[nodiscard]] daemon::DaemonView view() const override { return shown; }
  daemon::EventLog& events() override { return events_; }

  Awaitable<std::vector<daemon::FunctionView>> reconcile(std::string target, std::vector<std::string> functions,
                                                         std::chrono::milliseconds timeout) override {
    std::string names;
    for (const std::string& function : functions) names += function + ",";
    asked.push_back("reconcile " + target + " [" + names + "] " + std::to_string(timeout.count()));
    if (failure) co_return fail(*failure);
    std::vector<daemon::FunctionView> rows(1);
    rows[0].name = "thumb";
    co_return rows;
  }
  Awaitable<daemon::HeldPlanView> approve(std::string target, std::string plan_id, std::string actor) override {
    asked.push_back("approve " + target + " " + plan_id + " by " + actor);
    if (failure) co_return fail(*failure);
    daemon::HeldPlanView plan;
    plan.plan_id = "7c19";
    plan.changes = 12;
    plan.most = 10;
    co_return plan;
  }
  Awaitable<bool> suspend(daemon::FunctionChoice choice, std::string reason, std::string actor) override {
    asked.push_back("suspend " + choice.target + "/" + choice.function + " " + reason + " by " + actor);
    if (failure) co_return fail(*failure);
    co_return true;
  }
  Awaitable<bool> resume(daemon::FunctionChoice choice, std::string actor) override {
    asked.push_back("resume " + choice.target + "/" + choice.function + " by " + actor);
    if (failure) co_return fail(*failure);
    co_return true;
  }
  Awaitable<void> hold(daemon::FunctionChoice choice, std::string reason, std::string actor) override {
    asked.push_back("hold " + choice.target + "/" + choice.function + " " + reason + " by " + actor);
    if (failure) co_return fail(*failure);
    co_return Result<void>();
  }
  Awaitable<reconcile::Released> release(daemon::FunctionChoice choice, std::string actor) override {
    asked.push_back("release " + choice.target + "/" + choice.function + " by " + actor);
    if (failure) co_return fail(*failure);
    reconcile::Released released;
    released.had_hold = true;
    released.aliases.emplace_back("prod");
    co_return released;
  }
  Awaitable<reconcile::Rollback> roll_back(daemon::FunctionChoice choice, reconcile::RollbackWish wish,
                                           std::string actor) override {
    asked.push_back("rollback " + choice.target + "/" + choice.function + " " + wish.alias.value_or("-") + " to " +
                    wish.to + " " + wish.reason + " by " + actor);
    if (failure) co_return fail(*failure);
    reconcile::Rollback rollback{functiongraph::FunctionUrn::parse("urn:fss:cn-north-4:p:function:default:a").value(),
                                 {},
                                 {},
                                 {},
                                 {},
                                 {},
                                 {},
                                 {},
                                 {},
                                 {}};
    rollback.function = choice.function;
    rollback.alias = "prod";
    rollback.from = "v2";
    rollback.to = wish.to;
    rollback.fingerprint = "ab12";
    co_return rollback;
  }
  Awaitable<reconcile::Forgotten> forget(daemon::FunctionChoice choice, std::string actor) override {
    asked.push_back("forget " + choice.target + "/" + choice.function + " by " + actor);
    if (failure) co_return fail(*failure);
    reconcile::Forgotten forgotten;
    forgotten.had_mark = true;
    co_return forgotten;
  }
  Awaitable<std::size_t> pause(std::string target, std::string reason, std::string actor) override {
    asked.push_back("pause " + target + " " + reason + " by " + actor);
    if (failure) co_return fail(*failure);
    co_return 3;
  }
  Awaitable<bool> unpause(std::string target, std::string actor) override {
    asked.push_back("unpause " + target + " by " + actor);
    if (failure) co_return fail(*failure);
    co_return true;
  }
  Awaitable<void> reload() override {
    asked.emplace_back("reload");
    if (failure) co_return fail(*failure);
    co_return Result<void>();
  }
  void set_log_level(LogLevel level) override { asked.push_back("level " + std::to_string(static_cast<int>(level))); }

 private:
  daemon::EventLog& events_;
};

}  // namespace fgsync::test
