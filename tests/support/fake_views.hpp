#pragma once

#include "functiongraph/types.hpp"
#include "tests/support/fake_service.hpp"

/// What the service answers about what it has. Lists have less of it than answers about one thing (models).
namespace fgsync::test {

functiongraph::FunctionRow row_of(const FakeFunction& function);
functiongraph::FunctionDetail detail_of(const FakeService& service, const FakeFunction& function,
                                        const FakeVersion& version);
functiongraph::CodeDetail code_of(const FakeService& service, const FakeFunction& function, const FakeVersion& version);
functiongraph::Version version_of(const FakeFunction& function, const FakeVersion& version);

}  // namespace fgsync::test
