// Two steps, the cheap one first. Compressed bytes are spread evenly: then the squares of how often each byte value
// occurs add up to little more than they must. Text and machine code are far from that and need no second look. What
// is spread evenly may still repeat itself, which only deflating shows.
#include "package/compression.hpp"

#include <zlib.h>

#include <array>
#include <cstdint>
#include <new>
#include <string>

namespace fgsync::package {
namespace {

/// Whether the byte values are spread so evenly that counting them alone could save no more than some percent.
bool is_spread_evenly(std::string_view sample) {
  std::array<std::uint64_t, 256> counts{};
  for (const char c : sample) ++counts[static_cast<unsigned char>(c)];
  std::uint64_t squares = 0;
  for (const std::uint64_t count : counts) squares += count * count;
  // For random bytes squares is about n * n / 256 + n.
  const std::uint64_t size = sample.size();
  return squares <= size * size / 256 * 3 / 2 + 2 * size;
}

std::size_t deflated_size(std::string_view sample) {
  z_stream stream{};
  if (deflateInit2(&stream, kDeflateLevel, Z_DEFLATED, -MAX_WBITS, MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
  std::string out(deflateBound(&stream, static_cast<uLong>(sample.size())), '\0');
  // zlib reads through this pointer only, but its type cannot say so.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(sample.data()));
  stream.avail_in = static_cast<uInt>(sample.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  const std::size_t size = stream.total_out;
  deflateEnd(&stream);
  return size;
}

}  // namespace

ZipCompression compression_for(std::string_view sample) {
  sample = sample.substr(0, kSampleBytes);
  if (sample.empty()) return ZipCompression::stored;
  if (!is_spread_evenly(sample)) return ZipCompression::deflated;
  const bool saves = deflated_size(sample) * 50 < sample.size() * 49;
  return saves ? ZipCompression::deflated : ZipCompression::stored;
}

}  // namespace fgsync::package
