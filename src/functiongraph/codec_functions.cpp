#include "functiongraph/codec_parts.hpp"
#include "functiongraph/timestamp.hpp"

namespace fgsync::functiongraph {
namespace {

constexpr TextField<FunctionFacts> kFactTexts[]{
    {"func_id", &FunctionFacts::func_id},
    {"resource_id", &FunctionFacts::resource_id},
    {"domain_id", &FunctionFacts::domain_id},
    {"namespace", &FunctionFacts::namespace_id},
    {"project_name", &FunctionFacts::project_name},
    {"code_url", &FunctionFacts::code_url},
    {"code_filename", &FunctionFacts::code_filename},
    {"func_vpc_id", &FunctionFacts::func_vpc_id},
    {"enable_cloud_debug", &FunctionFacts::enable_cloud_debug},
    {"code_encrypt_kms_key_id", &FunctionFacts::code_encrypt_kms_key_id},
    {"version_description", &FunctionFacts::version_description},
};

struct FactFlag {
  const char* key;
  std::optional<bool> FunctionFacts::* member;
};
constexpr FactFlag kFactFlags[]{
    {"reserved_instance_idle_mode", &FunctionFacts::reserved_instance_idle_mode},
    {"long_time", &FunctionFacts::long_time},
    {"is_bridge_function", &FunctionFacts::is_bridge_function},
    {"apig_route_enable", &FunctionFacts::apig_route_enable},
    {"allow_ephemeral_storage", &FunctionFacts::allow_ephemeral_storage},
    {"is_return_stream", &FunctionFacts::is_return_stream},
};

constexpr TextField<CodeDetail> kCodeTexts[]{
    {"code_filename", &CodeDetail::code_filename},
    {"code_url", &CodeDetail::code_url},
    {"func_name", &CodeDetail::func_name},
    {"domain_id", &CodeDetail::domain_id},
    {"runtime", &CodeDetail::runtime},
    {"code_encrypt_kms_key_id", &CodeDetail::code_encrypt_kms_key_id},
};

constexpr TextField<DependencyReference> kReferenceTexts[]{
    {"id", &DependencyReference::id},
    {"name", &DependencyReference::name},
    {"runtime", &DependencyReference::runtime},
    {"owner", &DependencyReference::owner},
    {"link", &DependencyReference::link},
    {"etag", &DependencyReference::etag},
    {"description", &DependencyReference::description},
    {"file_name", &DependencyReference::file_name},
    {"dep_id", &DependencyReference::dep_id},
};

std::optional<int> shown_int(const ObjectReader& reader, const char* key) {
  const auto number = reader.shown_number(key);
  const bool fits = number && *number >= std::numeric_limits<int>::min() && *number <= std::numeric_limits<int>::max();
  return fits ? std::optional(static_cast<int>(*number)) : std::nullopt;
}

/// Nothing, and a problem, when the field is no function's URN.
std::optional<FunctionUrn> read_urn(ObjectReader& reader) {
  const std::string text = reader.text("func_urn");
  if (reader.first_problem()) return std::nullopt;
  auto urn = FunctionUrn::parse(text);
  if (urn) return std::move(*urn);
  reader.refuse(std::move(urn).error());
  return std::nullopt;
}

/// All that `read_brief_row` looks at.
constexpr std::string_view kBriefFields[]{"func_urn",          "func_name",   "package",    "digest",
                                          "code_size",         "description", "image_name", "last_modified",
                                          "last_modified_utc", "version"};

std::optional<FunctionRow> read_brief_row(ObjectReader& reader) {
  auto urn = read_urn(reader);
  if (!urn) return std::nullopt;
  FunctionRow row{std::move(*urn), reader.text("func_name"), reader.text_or_empty("package"),
                  RemoteDigest{reader.text_or_empty("digest")}};
  row.code_size = reader.shown_number("code_size").value_or(0);
  row.description = reader.text_or_empty("description");
  row.image_name = reader.shown_text("image_name");
  row.last_modified = read_last_modified(reader);
  row.version = reader.shown_text("version");
  return row;
}

std::optional<FunctionRow> read_row(ObjectReader& reader) {
  auto row = read_brief_row(reader);
  if (row) row->facts = read_facts(reader);
  return row;
}

std::optional<FunctionRow> read_listed_row(ObjectReader& reader) {
  auto row = read_row(reader);
  // One function that is configured strangely must not hide all others.
  if (row) row->config = read_apart(reader, read_config);
  return row;
}

std::optional<FunctionDetail> read_detail(ObjectReader& reader) {
  auto row = read_row(reader);
  auto config = read_config(reader);
  if (!row) return std::nullopt;
  return FunctionDetail{std::move(*row), std::move(config)};
}

std::optional<CodeDetail> read_code_detail(ObjectReader& reader) {
  auto urn = read_urn(reader);
  if (!urn) return std::nullopt;
  CodeDetail code{std::move(*urn), RemoteDigest{reader.text("digest")}};
  code.code_size = reader.shown_number("code_size").value_or(0);
  code.code_type = reader.text_or_empty("code_type");
  if (const auto func_code = reader.object_setting("func_code")) {
    code.link = func_code->shown_text("link");
    code.file = func_code->shown_text("file");
  }
  code.last_modified = read_last_modified(reader);
  code.depend_version_list = reader.texts("depend_version_list");
  code.dependencies = read_dependency_references(reader);
  read_shown_texts(reader, kCodeTexts, code);
  code.strategy_config = read_shown(reader, "strategy_config", read_strategy_config);
  code.depend_list = reader.shown_texts("depend_list");
  return code;
}

std::string_view name_of(CodeUpload::Type type) {
  switch (type) {
    case CodeUpload::Type::zip: return "zip";
    case CodeUpload::Type::jar: return "jar";
    case CodeUpload::Type::source: return "inline";
    case CodeUpload::Type::obs: return "obs";
    case CodeUpload::Type::image: return "Custom-Image-Swr";
  }
  return "";
}

void write_code_fields(ObjectWriter& writer, const CodeUpload& code) {
  writer.text("code_type", name_of(code.type))
      .text_if_any("code_url", code.url)
      .text_if_any("code_filename", code.filename);
}

/// Whether a request must have `func_code` even when there is nothing in it.
enum class FuncCode { if_any, always };

/// The body's end with the code, if any is sent.
BodyWithCode with_code(ObjectWriter body, const CodeUpload& code, FuncCode needed) {
  ObjectWriter func_code;
  func_code.text_if_any("link", code.link);
  if (code.bytes) {
    return {body.json_up_to("func_code") + func_code.json_up_to("file") + '"', code.bytes, R"("}})"};
  }
  if (needed == FuncCode::always || !func_code.is_empty()) body.object("func_code", func_code);
  return {body.json(), nullptr, ""};
}

}  // namespace

Result<OffsetPage<FunctionRow>> read_function_page(const std::string& body) {
  return read_offset_page<FunctionRow>(body, "functions", read_listed_row);
}

Result<OffsetPage<FunctionRow>> read_brief_function_page(const std::string& body) {
  return read_offset_page<FunctionRow>(body, "functions", read_brief_row, kBriefFields);
}

Result<FunctionDetail> read_function(const std::string& body) {
  return read_object(body, read_detail);
}

Result<CodeDetail> read_code(const std::string& body) {
  return read_object(body, read_code_detail);
}

Result<ExportedFunction> read_export_link(const std::string& body) {
  auto reader = ObjectReader::parse(body);
  if (!reader) return fail(std::move(reader).error());
  return reader->finish(ExportedFunction{reader->shown_text("file_name"), reader->text("code_url"), ""});
}

FunctionFacts read_facts(ObjectReader& reader) {
  FunctionFacts facts;
  read_shown_texts(reader, kFactTexts, facts);
  for (const FactFlag& flag : kFactFlags) facts.*flag.member = reader.shown_flag(flag.key);
  facts.cpu = shown_int(reader, "cpu").value_or(0);
  facts.code_type = reader.text_or_empty("code_type");
  facts.type = reader.text_or_empty("type");
  facts.depend_list = reader.shown_texts("depend_list");
  facts.depend_version_list = reader.texts("depend_version_list");
  facts.dependencies = read_dependency_references(reader);
  facts.reserved_instance_count = shown_int(reader, "reserved_instance_count");
  facts.fail_count = shown_int(reader, "fail_count");
  facts.bind_bridge_func_urns = reader.shown_texts("bind_bridge_funcUrns");
  facts.concurrency = shown_int(reader, "concurrency");
  facts.concurrent_num = shown_int(reader, "concurrent_num");
  facts.async_config = read_shown(reader, "function_async_config", read_async_config_fields);
  return facts;
}

std::vector<DependencyReference> read_dependency_references(const ObjectReader& reader) {
  std::vector<DependencyReference> references;
  for (const ObjectReader& entry : reader.shown_rows("dependencies")) {
    DependencyReference& reference = references.emplace_back();
    read_shown_texts(entry, kReferenceTexts, reference);
    reference.size = entry.shown_number("size").value_or(0);
    reference.version = entry.shown_number("version");
    reference.last_modified = read_epoch(entry, "last_modified");
  }
  return references;
}

Timestamp read_timestamp(const ObjectReader& reader, const char* key) {
  Timestamp timestamp{reader.shown_text(key)};
  timestamp.at = parse_timestamp(timestamp.text);
  return timestamp;
}

Timestamp read_last_modified(const ObjectReader& reader) {
  Timestamp timestamp = read_timestamp(reader, "last_modified");
  const auto utc = reader.shown_number("last_modified_utc");
  // What the clock counts in ends before what a number can say.
  constexpr std::int64_t kEndOfClock = std::int64_t{1} << 33U;
  if (utc && *utc > 0 && *utc < kEndOfClock) {
    timestamp.at = std::chrono::system_clock::time_point(std::chrono::seconds(*utc));
  }
  return timestamp;
}

BodyWithCode write_import(const ImportRequest& request) {
  ObjectWriter body;
  body.text("func_name", request.name)
      .text("file_name", request.file_name)
      .text("file_type", "zip")
      .text("package", request.app);
  return {body.json_up_to("file_code") + '"', request.package, R"("})"};
}

BodyWithCode write_create(const CreateRequest& request) {
  ObjectWriter body;
  body.text("func_name", request.name).text("package", request.app);
  write_config_fields(body, request.config, ConfigUse::create);
  body.text_if_any("type", request.type).text_if_any("code_encrypt_kms_key_id", request.code_encrypt_kms_key_id);
  if (!request.depend_version_list.empty()) body.texts("depend_version_list", request.depend_version_list);
  body.text_if_any("tags", request.tags);
  write_code_fields(body, request.code);
  return with_code(std::move(body), request.code, FuncCode::if_any);
}

BodyWithCode write_code(const CodeUpdate& update) {
  ObjectWriter body;
  if (update.depend_version_list) body.texts("depend_version_list", *update.depend_version_list);
  body.text_if_any("code_encrypt_kms_key_id", update.code_encrypt_kms_key_id);
  write_code_fields(body, update.code);
  // The request must have the field even when the code is elsewhere (models: UpdateFunctionCodeRequestBody).
  return with_code(std::move(body), update.code, FuncCode::always);
}

}  // namespace fgsync::functiongraph
