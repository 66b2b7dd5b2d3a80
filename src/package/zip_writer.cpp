// Writes a zip through libzip, in memory. Whatever libzip would take from the environment (time, mode) is set by us.
//
// Times: libzip keeps a time_t and converts it in the local time zone, both ways. zip_file_set_dostime therefore gives
// the same bytes in every zone, where zip_file_set_mtime would not.
#include "package/zip_writer.hpp"

#include <sys/stat.h>
#include <zip.h>

#include <cerrno>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

namespace fgsync::package {
namespace {

constexpr zip_uint16_t kDosDate = 1U << 5U | 1U;  // years since 1980, month, day
constexpr zip_uint16_t kDosTime = 0;
constexpr unsigned kModeShift = 16;
constexpr zip_uint32_t kDeflateLevel = 6;
constexpr std::size_t kMaxEntries = 65'000;  // below what needs ZIP64

/// A library's error, with its lifetime.
class ZipError {
 public:
  ZipError() { zip_error_init(&error_); }
  ZipError(const ZipError&) = delete;
  ZipError& operator=(const ZipError&) = delete;
  ~ZipError() { zip_error_fini(&error_); }
  zip_error_t* get() { return &error_; }

 private:
  zip_error_t error_{};
};

Error failed(std::string_view what, zip_error_t* error) {
  return {ErrorKind::internal, "cannot write a zip: " + std::string(what) + ": " + zip_error_strerror(error)};
}

/// What libzip's callback needs of one entry.
struct EntryState {
  ByteSource* bytes = nullptr;
  std::optional<Error>* first_error = nullptr;
};

zip_int64_t report(EntryState& state, Error error) {
  if (!*state.first_error) *state.first_error = std::move(error);
  return -1;
}

zip_int64_t describe_entry(const EntryState& state, void* data) {
  auto* status = static_cast<zip_stat_t*>(data);
  zip_stat_init(status);
  status->size = state.bytes->size();
  status->valid = ZIP_STAT_SIZE;
  return sizeof(zip_stat_t);
}

zip_int64_t report_error_code(void* data) {
  ZipError error;
  // Which of our errors it was stands in first_error; libzip only has to stop.
  zip_error_set(error.get(), ZIP_ER_READ, EIO);
  return zip_error_to_data(error.get(), data, 2 * sizeof(int));
}

zip_int64_t serve_entry(void* state_pointer, void* data, zip_uint64_t size, zip_source_cmd_t command) {
  auto& state = *static_cast<EntryState*>(state_pointer);
  switch (command) {
    case ZIP_SOURCE_OPEN: {
      auto opened = state.bytes->open();
      return opened ? 0 : report(state, std::move(opened).error());
    }
    case ZIP_SOURCE_READ: {
      auto count = state.bytes->read({static_cast<char*>(data), static_cast<std::size_t>(size)});
      return count ? static_cast<zip_int64_t>(*count) : report(state, std::move(count).error());
    }
    case ZIP_SOURCE_CLOSE:
    case ZIP_SOURCE_FREE: return 0;
    case ZIP_SOURCE_STAT: return describe_entry(state, data);
    case ZIP_SOURCE_ERROR: return report_error_code(data);
    case ZIP_SOURCE_SUPPORTS:
      return zip_source_make_command_bitmap(ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE, ZIP_SOURCE_STAT,
                                            ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE, -1);
    default: return -1;
  }
}

using SourceHandle = std::unique_ptr<zip_source_t, decltype(&zip_source_free)>;
using ZipHandle = std::unique_ptr<zip_t, decltype(&zip_discard)>;

Result<void> add_entry(zip_t* zip, const ZipEntry& entry, EntryState& state, ZipCompression compression) {
  ZipError error;
  SourceHandle source(zip_source_function_create(&serve_entry, &state, error.get()), &zip_source_free);
  if (!source) return fail(failed("new source", error.get()));
  const zip_int64_t added = zip_file_add(zip, entry.name.c_str(), source.get(), ZIP_FL_ENC_UTF_8);
  if (added < 0) return fail(failed(entry.name, zip_get_error(zip)));
  // From here on libzip owns the source.
  (void)source.release();
  const auto index = static_cast<zip_uint64_t>(added);
  const zip_uint32_t mode = S_IFREG | (entry.mode == ZipMode::executable ? 0755U : 0644U);
  const bool is_stored = compression == ZipCompression::stored;
  const bool is_set = zip_set_file_compression(zip, index, is_stored ? ZIP_CM_STORE : ZIP_CM_DEFLATE,
                                               is_stored ? 0 : kDeflateLevel) == 0 &&
                      zip_file_set_dostime(zip, index, kDosTime, kDosDate, 0) == 0 &&
                      zip_file_set_external_attributes(zip, index, 0, ZIP_OPSYS_UNIX, mode << kModeShift) == 0;
  if (!is_set) return fail(failed(entry.name, zip_get_error(zip)));
  return {};
}

Result<std::string> read_all(zip_source_t* source) {
  zip_stat_t status;
  zip_stat_init(&status);
  if (zip_source_stat(source, &status) != 0 || zip_source_open(source) != 0) {
    return fail(failed("read back", zip_source_error(source)));
  }
  std::string bytes(static_cast<std::size_t>(status.size), '\0');
  std::size_t size = 0;
  while (size < bytes.size()) {
    const zip_int64_t count = zip_source_read(source, bytes.data() + size, bytes.size() - size);
    if (count <= 0) break;
    size += static_cast<std::size_t>(count);
  }
  zip_source_close(source);
  if (size != bytes.size()) return fail(ErrorKind::internal, "cannot write a zip: it was cut short");
  return bytes;
}

}  // namespace

Result<std::string> write_zip(std::span<const ZipEntry> entries, ZipCompression compression) {
  if (entries.size() > kMaxEntries) return fail(ErrorKind::internal, "cannot write a zip: too many entries");
  std::optional<Error> first_error;
  std::vector<EntryState> states;
  states.reserve(entries.size());
  for (const ZipEntry& entry : entries) states.push_back({entry.bytes, &first_error});

  ZipError error;
  const SourceHandle output(zip_source_buffer_create(nullptr, 0, 0, error.get()), &zip_source_free);
  if (!output) return fail(failed("new buffer", error.get()));
  ZipHandle zip(zip_open_from_source(output.get(), ZIP_CREATE | ZIP_TRUNCATE, error.get()), &zip_discard);
  if (!zip) return fail(failed("open", error.get()));
  zip_source_keep(output.get());  // the zip takes one reference, we keep ours to read the result

  for (std::size_t i = 0; i < entries.size(); ++i) {
    auto added = add_entry(zip.get(), entries[i], states[i], compression);
    if (!added) return fail(std::move(added).error());
  }
  if (zip_close(zip.get()) != 0) {
    if (first_error) return fail(std::move(*first_error));
    return fail(failed("close", zip_get_error(zip.get())));
  }
  (void)zip.release();  // closed, so freed
  return read_all(output.get());
}

}  // namespace fgsync::package
