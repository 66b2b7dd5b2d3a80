// Writes a zip through libzip. Whatever libzip would take from the environment (time, mode) is set by us.
//
// libzip writes an entry's header, its data, and then the header again, now with sizes and checksum. So when it goes
// back, all before that place is final.
//
// Times: libzip keeps a time_t and converts it in the local time zone, both ways. zip_file_set_dostime therefore gives
// the same bytes in every zone, where zip_file_set_mtime would not.
#include "package/zip_writer.hpp"

#include <sys/stat.h>
#include <zip.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <utility>

#include "package/names.hpp"
#include "package/text.hpp"
#include "package/zip_open.hpp"

namespace fgsync::package {
namespace {

constexpr zip_uint16_t kDosDate = 1U << 5U | 1U;  // years since 1980, month, day
constexpr zip_uint16_t kDosTime = 0;
constexpr unsigned kModeShift = 16;
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

/// The first of our own errors: libzip knows numbers only.
class FirstError {
 public:
  zip_int64_t keep(Error error) {
    if (!error_) error_ = std::move(error);
    return -1;
  }
  /// What went wrong: ours, which came first, else libzip's.
  Error or_else(Error other) { return error_ ? std::move(*error_) : std::move(other); }

 private:
  std::optional<Error> error_;
};

/// What libzip's callback needs of one entry.
struct EntryState {
  EntrySource* bytes = nullptr;
  FirstError* first_error = nullptr;
};

/// What libzip's callback needs of the zip.
struct OutputState {
  ByteSink& sink;
  FirstError& first_error;
  std::uint64_t at = 0;
  std::uint64_t size = 0;
};

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
      return opened ? 0 : state.first_error->keep(std::move(opened).error());
    }
    case ZIP_SOURCE_READ: {
      auto count = state.bytes->read({static_cast<char*>(data), static_cast<std::size_t>(size)});
      return count ? static_cast<zip_int64_t>(*count) : state.first_error->keep(std::move(count).error());
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

zip_int64_t write_output(OutputState& output, const void* data, zip_uint64_t size) {
  auto written = output.sink.write_at(output.at, {static_cast<const char*>(data), static_cast<std::size_t>(size)});
  if (!written) return output.first_error.keep(std::move(written).error());
  output.at += size;
  output.size = std::max(output.size, output.at);
  return static_cast<zip_int64_t>(size);
}

zip_int64_t seek_output(OutputState& output, void* data, zip_uint64_t size) {
  ZipError ignored;
  const zip_int64_t offset = zip_source_seek_compute_offset(output.at, output.size, data, size, ignored.get());
  if (offset < 0) return -1;
  const auto target = static_cast<std::uint64_t>(offset);
  if (target < output.at) {
    if (auto settled = output.sink.settle(target); !settled) return output.first_error.keep(std::move(settled).error());
  }
  output.at = target;
  return 0;
}

zip_int64_t serve_output(void* state_pointer, void* data, zip_uint64_t size, zip_source_cmd_t command) {
  auto& output = *static_cast<OutputState*>(state_pointer);
  switch (command) {
    case ZIP_SOURCE_STAT: {
      auto* status = static_cast<zip_stat_t*>(data);
      zip_stat_init(status);
      status->size = 0;
      status->valid = ZIP_STAT_SIZE;
      return sizeof(zip_stat_t);
    }
    case ZIP_SOURCE_WRITE: return write_output(output, data, size);
    case ZIP_SOURCE_SEEK_WRITE: return seek_output(output, data, size);
    case ZIP_SOURCE_TELL_WRITE: return static_cast<zip_int64_t>(output.at);
    case ZIP_SOURCE_COMMIT_WRITE: {
      auto settled = output.sink.settle(output.size);
      return settled ? 0 : output.first_error.keep(std::move(settled).error());
    }
    // To libzip we are a file that is empty until something is written.
    case ZIP_SOURCE_OPEN:
    case ZIP_SOURCE_READ:
    case ZIP_SOURCE_CLOSE:
    case ZIP_SOURCE_BEGIN_WRITE:
    case ZIP_SOURCE_ROLLBACK_WRITE:
    case ZIP_SOURCE_FREE: return 0;
    case ZIP_SOURCE_ERROR: return report_error_code(data);
    case ZIP_SOURCE_SUPPORTS:
      return zip_source_make_command_bitmap(
          ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE, ZIP_SOURCE_STAT, ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE,
          ZIP_SOURCE_SEEK, ZIP_SOURCE_TELL, ZIP_SOURCE_REMOVE, ZIP_SOURCE_BEGIN_WRITE, ZIP_SOURCE_COMMIT_WRITE,
          ZIP_SOURCE_ROLLBACK_WRITE, ZIP_SOURCE_WRITE, ZIP_SOURCE_SEEK_WRITE, ZIP_SOURCE_TELL_WRITE, -1);
    default: return -1;
  }
}

Result<void> check_entries(std::span<const ZipEntry> entries) {
  const std::string what = "cannot write a zip: ";
  if (entries.empty()) return fail(ErrorKind::internal, what + "no entries");
  if (entries.size() > kMaxEntries) return fail(ErrorKind::internal, what + "too many entries");
  for (const ZipEntry& entry : entries) {
    if (!is_entry_name(entry.name)) {
      return fail(ErrorKind::internal, what + quoted_path(entry.name) + " cannot be the name of an entry");
    }
  }
  return {};
}

Result<void> add_entry(zip_t* zip, const ZipEntry& entry, EntryState& state) {
  ZipError error;
  SourceHandle source(zip_source_function_create(&serve_entry, &state, error.get()), &zip_source_free);
  if (!source) return fail(failed("new source", error.get()));
  const zip_int64_t added = zip_file_add(zip, entry.name.c_str(), source.get(), ZIP_FL_ENC_UTF_8);
  if (added < 0) return fail(failed(entry.name, zip_get_error(zip)));
  // From here on libzip owns the source.
  (void)source.release();
  const auto index = static_cast<zip_uint64_t>(added);
  const zip_uint32_t mode = S_IFREG | (entry.mode == ZipMode::executable ? 0755U : 0644U);
  const bool is_stored = entry.compression == ZipCompression::stored;
  const bool is_set = zip_set_file_compression(zip, index, is_stored ? ZIP_CM_STORE : ZIP_CM_DEFLATE,
                                               is_stored ? 0 : kDeflateLevel) == 0 &&
                      zip_file_set_dostime(zip, index, kDosTime, kDosDate, 0) == 0 &&
                      zip_file_set_external_attributes(zip, index, 0, ZIP_OPSYS_UNIX, mode << kModeShift) == 0;
  if (!is_set) return fail(failed(entry.name, zip_get_error(zip)));
  return {};
}

}  // namespace

Result<void> write_zip(std::span<const ZipEntry> entries, ByteSink& sink) {
  if (auto checked = check_entries(entries); !checked) return checked;
  FirstError first_error;
  OutputState state{sink, first_error};
  std::vector<EntryState> states;
  states.reserve(entries.size());
  for (const ZipEntry& entry : entries) states.push_back({entry.bytes, &first_error});

  ZipError error;
  SourceHandle output(zip_source_function_create(&serve_output, &state, error.get()), &zip_source_free);
  if (!output) return fail(failed("new output", error.get()));
  ZipHandle zip(open_zip_source(output.get(), ZIP_CREATE | ZIP_TRUNCATE, error.get()), &zip_discard);
  if (!zip) return fail(failed("open", error.get()));
  (void)output.release();  // the zip owns it now

  for (std::size_t i = 0; i < entries.size(); ++i) {
    auto added = add_entry(zip.get(), entries[i], states[i]);
    if (!added) return added;
  }
  if (zip_close(zip.get()) != 0) return fail(first_error.or_else(failed("close", zip_get_error(zip.get()))));
  (void)zip.release();  // closed, so freed
  return {};
}

}  // namespace fgsync::package
