#include "emulator/zip_reader.hpp"

#include <zip.h>

#include <utility>

namespace fgsync::emulator {

struct ZipReader::Impl {
  explicit Impl(zip_t* opened) : archive(opened) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() { zip_discard(archive); }

  zip_t* archive;
};

ZipReader::ZipReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ZipReader::ZipReader(ZipReader&&) noexcept = default;
ZipReader& ZipReader::operator=(ZipReader&&) noexcept = default;
ZipReader::~ZipReader() = default;

std::optional<ZipReader> ZipReader::open(std::string_view bytes) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  zip_t* archive = source == nullptr ? nullptr : zip_open_from_source(source, ZIP_RDONLY, &error);
  if (archive == nullptr && source != nullptr) zip_source_free(source);
  zip_error_fini(&error);
  if (archive == nullptr) return std::nullopt;
  return ZipReader(std::make_unique<Impl>(archive));
}

std::vector<std::string> ZipReader::names() const {
  std::vector<std::string> names;
  const auto count = zip_get_num_entries(impl_->archive, 0);
  for (zip_int64_t i = 0; i < count; ++i) {
    const char* name = zip_get_name(impl_->archive, static_cast<zip_uint64_t>(i), ZIP_FL_ENC_RAW);
    names.emplace_back(name == nullptr ? "" : name);
  }
  return names;
}

std::optional<std::uint64_t> ZipReader::size_of(std::size_t index) const {
  zip_stat_t stat;
  if (zip_stat_index(impl_->archive, index, 0, &stat) != 0 || (stat.valid & ZIP_STAT_SIZE) == 0) return std::nullopt;
  return stat.size;
}

std::optional<std::string> ZipReader::read(std::size_t index) const {
  const auto size = size_of(index);
  zip_file_t* file = size ? zip_fopen_index(impl_->archive, index, 0) : nullptr;
  if (file == nullptr) return std::nullopt;
  std::string bytes(*size, '\0');
  std::size_t filled = 0;
  zip_int64_t got = 1;
  while (got > 0 && filled < bytes.size()) {
    got = zip_fread(file, bytes.data() + filled, bytes.size() - filled);
    if (got > 0) filled += static_cast<std::size_t>(got);
  }
  // One more read makes libzip compare the checksum, and shows an entry that inflates to more than it says.
  char surplus = 0;
  const bool is_whole = filled == bytes.size() && zip_fread(file, &surplus, 1) == 0;
  zip_fclose(file);
  if (!is_whole) return std::nullopt;
  return bytes;
}

}  // namespace fgsync::emulator
