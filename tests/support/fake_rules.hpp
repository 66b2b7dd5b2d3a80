#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "functiongraph/types.hpp"
#include "tests/support/fake_service.hpp"

/// The documented rules on what is sent, and what is made of it.
namespace fgsync::test {

/// Which name a rule is about.
enum class NameOf { function, version, alias };

/// Letters, digits and some signs, as long as the service allows.
[[nodiscard]] bool is_name(NameOf what, const std::string& text);
/// At most 512 characters.
[[nodiscard]] bool is_description(const std::string& text);
/// Why the service would refuse the configuration.
Result<void> check(const functiongraph::FunctionConfig& config);
/// Whether there is nothing to publish between the two.
[[nodiscard]] bool has_same_content(const FakeVersion& a, const FakeVersion& b);

/// The configuration as it is kept: what is unset in its type's way is absent, and the service's defaults are filled
/// in.
functiongraph::FunctionConfig as_stored(functiongraph::FunctionConfig config);
/// What a create request takes of it (models).
functiongraph::FunctionConfig as_created(functiongraph::FunctionConfig config);
/// The configuration as it reads back: without what no answer has (models).
functiongraph::FunctionConfig as_answered(functiongraph::FunctionConfig config);
/// The same in the list of versions, which has less of it.
functiongraph::FunctionConfig as_listed(functiongraph::FunctionConfig config);
/// The code that an upload brings; `config` says which image.
Result<FakeCode> receive(const functiongraph::CodeUpload& upload, const functiongraph::FunctionConfig& config);

}  // namespace fgsync::test
