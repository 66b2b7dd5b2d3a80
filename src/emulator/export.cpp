#include "emulator/export_package.hpp"
#include "emulator/json.hpp"
#include "emulator/md5.hpp"
#include "emulator/operations.hpp"

namespace fgsync::emulator {
namespace {

/// `hello_<md5 of the code>.zip`
std::string file_name(const FunctionRow& function, std::string_view code) {
  return function.name + "_" + md5_hex(code) + ".zip";
}

/// Where the code can be fetched without credentials, as from the service's links to OBS: here, by its digest.
std::string link_to(const Call& call, const CodeFacts& code) {
  const auto host = http::find_header(call.headers, "Host");
  return call.options.scheme + "://" + std::string(host.empty() ? "localhost" : host) + "/emulator/code/" + code.digest;
}

enum class ExportForm { zip, link };
struct Wish {
  ExportForm form;
  ExportPart part;
};

/// What the query asks for. The documents refuse nothing and `type` together with the others, without a code.
Valid<Wish> read_wish(const Route& route) {
  auto config = route.flag("config");
  if (!config) return refuse(config.error());
  auto code = route.flag("code");
  if (!code) return refuse(code.error());
  const auto type = route.parameter("type").value_or("");
  const bool has_flags = route.parameter("config") || route.parameter("code");
  if (!type.empty() && has_flags) return refuse(kInvalidQuery, "type: cannot be used with config or code");
  if (type == "code") return Wish{ExportForm::link, ExportPart::code};
  if (type == "config") return Wish{ExportForm::zip, ExportPart::configuration};
  if (!type.empty()) return refuse(kInvalidQuery, "type: expected code or config");
  if (!*config && !*code) return refuse(kInvalidQuery, "expected config=true, code=true, or type");
  if (*config && *code) return Wish{ExportForm::zip, ExportPart::both};
  return Wish{ExportForm::zip, *code ? ExportPart::code : ExportPart::configuration};
}

}  // namespace

Outcome export_function(const Call& call) {
  auto target = find_function(call);
  if (!target) return refuse(target.error());
  auto name = find_version_name(call, *target);
  if (!name) return refuse(name.error());
  auto wish = read_wish(call.route);
  if (!wish) return refuse(wish.error());
  const auto version = call.store.find_version(target->function, *name);
  if (!version) return refuse(kNoVersion);
  if (auto busy = begin_transfer(call, Transfer::exporting)) return refuse(std::move(*busy));
  const auto code = call.store.find_code(version->code.digest);
  if (!code) throw StorageFailure("a version without its code");
  const auto file = file_name(target->function, *code);
  if (wish->form == ExportForm::link) {
    return Answer{200, JsonMembers().text("file_name", file).text("code_url", link_to(call, version->code)).object()};
  }
  Answer answer{200, write_export_package(target->function, *version, *code, wish->part)};
  answer.content_type = "application/zip";
  answer.headers.emplace_back("Content-Disposition", "attachment; filename=" + file);
  return answer;
}

Outcome download_code(const Call& call) {
  auto code = call.store.find_code(call.route.digest);
  if (!code) return refuse(kNoResource);
  Answer answer{200, std::move(*code)};
  answer.content_type = "application/octet-stream";
  return answer;
}

}  // namespace fgsync::emulator
