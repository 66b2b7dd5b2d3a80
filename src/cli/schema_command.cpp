#include <iostream>

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "config/config_schema.hpp"
#include "manifest/environment.hpp"
#include "manifest/function_schema.hpp"

namespace fgsync::cli {
namespace {

struct Kind {
  const manifest::schema::Shape& shape;
  std::string_view title;
  std::string_view column;  ///< what Field::api says for this kind
  manifest::schema::Variables variables = manifest::schema::Variables::none;
};

Kind kind_of(const std::string& name) {
  if (name == "config") return {config::document_shape(), "fgsync.yaml (kind: Config)", "set by"};
  if (name == "environment") return {manifest::environment_document(), "fgsync environment (kind: Environment)", "API"};
  return {manifest::function_document(), "fgsync manifest (kind: Function)", "API",
          manifest::schema::Variables::anywhere};
}

}  // namespace

int run_schema(const Options& options) {
  const Kind kind = kind_of(options.schema_kind);
  if (options.format == Format::markdown) {
    std::cout << manifest::schema::reference_table(kind.shape, kind.column);
  } else {
    std::cout << manifest::schema::json_schema(kind.shape, kind.title, kind.variables);
  }
  return kOk;
}

}  // namespace fgsync::cli
