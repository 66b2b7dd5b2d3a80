#include "http/gzip_decoder.hpp"

#include <zlib.h>

#include <array>
#include <new>

namespace fgsync::http {
namespace {

constexpr std::size_t kWindowBytes = std::size_t{32} * 1024;
constexpr int kGzipOnly = 16 + MAX_WBITS;

}  // namespace

void GzipDecoder::Close::operator()(z_stream_s* stream) const {
  inflateEnd(stream);
  delete stream;
}

GzipDecoder::GzipDecoder() : stream_(new z_stream_s{}) {
  // Of our own making can only be a lack of memory.
  if (inflateInit2(stream_.get(), kGzipOnly) != Z_OK) throw std::bad_alloc();
}

GzipDecoder::Outcome GzipDecoder::unpack(std::string_view packed, std::string& into, std::size_t max_size) {
  std::array<char, kWindowBytes> window;  // NOLINT(cppcoreguidelines-pro-type-member-init): unpacking fills it
  // zlib does not write to its input, but says so only when it is told to.
  stream_->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream_->avail_in = static_cast<uInt>(packed.size());
  bool has_more_output = false;
  while (stream_->avail_in > 0 || has_more_output) {
    if (is_between_members_) inflateReset(stream_.get());
    stream_->next_out = reinterpret_cast<Bytef*>(window.data());
    stream_->avail_out = kWindowBytes;
    const int verdict = inflate(stream_.get(), Z_NO_FLUSH);
    const bool is_fine = verdict == Z_OK || verdict == Z_STREAM_END || verdict == Z_BUF_ERROR;
    if (!is_fine) return Outcome::damaged;
    const std::size_t made = kWindowBytes - stream_->avail_out;
    if (made > max_size - into.size()) return Outcome::too_large;
    into.append(window.data(), made);
    is_between_members_ = verdict == Z_STREAM_END;
    has_more_output = stream_->avail_out == 0 && !is_between_members_;
  }
  return Outcome::fine;
}

}  // namespace fgsync::http
