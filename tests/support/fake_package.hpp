#pragma once

#include <string>

#include "base/result.hpp"
#include "functiongraph/types.hpp"
#include "tests/support/fake_service.hpp"

/// The package that an export brings and an import takes: a zip with one YAML file and the code (api: the
/// export/import package). Read and written here from its description, so that what is tested with it does not only
/// agree with itself.
namespace fgsync::test {

struct FakePackage {
  functiongraph::FunctionConfig config;
  FakeCode code;
};

/// With what is asked for: the YAML file, the code, or both.
std::string write_package(const std::string& function, const FakePackage& package,
                          const functiongraph::ExportRequest& parts);
/// Takes uncompressed zips only. Refusals as the service's.
Result<FakePackage> read_package(const std::string& bytes, const std::string& function);

}  // namespace fgsync::test
