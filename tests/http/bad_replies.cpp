#include "tests/http/bad_replies.hpp"

#include <string_view>
#include <utility>

#include "tests/http/gzip.hpp"

namespace fgsync::test {
namespace {

using End = BadReply::End;

const std::string kNotHttp = "answered, but not in HTTP (";
const std::string kCutOff = "was cut off";
const std::string kTooLarge = "is too large";
const std::string kLate = "did not answer within the deadline";
const std::string kOk = "HTTP/1.1 200 OK\r\n";
const std::string kChunked = kOk + "Transfer-Encoding: chunked\r\n\r\n";

/// Text with zero bytes in it.
template <std::size_t size>
std::string bytes(const char (&text)[size]) {
  return std::string(text, size - 1);
}

std::string repeated(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

/// An answer with one header and a body of two bytes.
std::string with_header(const std::string& header) {
  return kOk + header + "\r\nContent-Length: 2\r\n\r\nok";
}

/// An answer whose body is this, under this coding.
std::string coded(const std::string& coding, const std::string& body) {
  return kOk + "Content-Encoding: " + coding + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// The gzip of a text, with one byte changed so far from its end.
std::string damaged_gzip(std::size_t from_end) {
  std::string packed = gzip("a text that is long enough");
  packed[packed.size() - from_end] ^= 0x55;
  return packed;
}

std::string without_end(std::string text, std::size_t bytes) {
  text.resize(text.size() - bytes);
  return text;
}

/// Rows that differ in what comes and nothing else.
std::vector<BadReply> rows(ErrorKind kind, const std::string& message, End end,
                           std::vector<std::pair<std::string, std::string>> replies) {
  std::vector<BadReply> table;
  for (auto& [what, reply] : replies) table.push_back({std::move(what), std::move(reply), kind, message, end});
  return table;
}

std::vector<BadReply> other_protocols() {
  return rows(
      ErrorKind::corrupt, kNotHttp, End::close,
      {
          {"SMTP", "220 mail.example ESMTP Postfix\r\n"},
          {"SSH", "SSH-2.0-OpenSSH_9.2\r\n"},
          {"POP3", "+OK ready\r\n"},
          {"FTP, several lines", "220-Welcome\r\n220 ready\r\n"},
          {"ICY", "ICY 200 OK\r\n\r\n"},
          {"HTTP/0.9, a body and nothing else", "<html>hello</html>\r\n"},
          {"JSON without a header", "{\"versions\": []}"},
          {"HTTP/2's first frame", bytes("\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x80\0\x04\0\x01\0\0\0\x05\0\xff\xff\xff")},
          {"HTTP/2's preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
          {"a TLS alert", bytes("\x15\x03\x01\0\x02\x02\x28")},
          {"zeros", std::string(64, '\0')},
          {"ones", std::string(64, '\xff')},
          {"line ends", "\r\n\r\n\r\n"},
          {"a request", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"},
      });
}

std::vector<BadReply> status_lines() {
  return rows(ErrorKind::corrupt, kNotHttp, End::close,
              {
                  {"HTTP/0.9 by name", "HTTP/0.9 200 OK\r\n\r\n"},
                  {"HTTP/1.2", "HTTP/1.2 200 OK\r\n\r\n"},
                  {"HTTP/2 by name", "HTTP/2 200\r\n\r\n"},
                  {"HTTP/2.0 by name", "HTTP/2.0 200 OK\r\n\r\n"},
                  {"HTTP/9.9", "HTTP/9.9 200 OK\r\n\r\n"},
                  {"http in lower case", "http/1.1 200 OK\r\n\r\n"},
                  {"no status", "HTTP/1.1\r\n\r\n"},
                  {"a status in letters", "HTTP/1.1 abc OK\r\n\r\n"},
                  {"status 000", "HTTP/1.1 000 Nothing\r\nContent-Length: 0\r\n\r\n"},
                  {"status 99", "HTTP/1.1 99 Less\r\nContent-Length: 0\r\n\r\n"},
                  {"status 099", "HTTP/1.1 099 Less\r\nContent-Length: 0\r\n\r\n"},
                  {"status 600", "HTTP/1.1 600 More\r\nContent-Length: 0\r\n\r\n"},
                  {"status 999", "HTTP/1.1 999 Denied\r\nContent-Length: 0\r\n\r\n"},
                  {"status 1000", "HTTP/1.1 1000 Much\r\nContent-Length: 0\r\n\r\n"},
                  {"status -20", "HTTP/1.1 -20 Odd\r\nContent-Length: 0\r\n\r\n"},
                  {"no blank before the status", "HTTP/1.1200 OK\r\n\r\n"},
                  {"two blanks before the status", "HTTP/1.1  200 OK\r\n\r\n"},
                  {"a tab before the status", "HTTP/1.1\t200 OK\r\n\r\n"},
                  {"a zero byte in the reason", bytes("HTTP/1.1 200 O\0K\r\n\r\n")},
                  {"other protocols from here on", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"},
                  {"announcements without end", repeated("HTTP/1.1 100 Continue\r\n\r\n", 50) + kOk + "\r\n"},
              });
}

std::vector<BadReply> headers() {
  return rows(ErrorKind::corrupt, kNotHttp, End::close,
              {
                  {"bare line feeds", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok"},
                  {"a bare carriage return", with_header("X: a\rb")},
                  {"no colon", with_header("no colon here")},
                  {"no name", with_header(": x")},
                  {"a blank before the colon", with_header("X : y")},
                  {"a blank in the name", with_header("X Y: z")},
                  {"a zero byte in the name", with_header(bytes("X\0Y: z"))},
                  {"a zero byte in the value", with_header(bytes("X: y\0z"))},
                  {"a continuation of nothing", with_header(" continued")},
                  {"a length in letters", kOk + "Content-Length: many\r\n\r\nok"},
                  {"a negative length", kOk + "Content-Length: -1\r\n\r\nok"},
                  {"a length with a plus", kOk + "Content-Length: +2\r\n\r\nok"},
                  {"a length in hex", kOk + "Content-Length: 0x2\r\n\r\nok"},
                  {"a length with a fraction", kOk + "Content-Length: 2.0\r\n\r\nok"},
                  {"an empty length", kOk + "Content-Length:\r\n\r\nok"},
                  {"two numbers in a length", kOk + "Content-Length: 2 2\r\n\r\nok"},
                  {"a length of 2^64", kOk + "Content-Length: 18446744073709551616\r\n\r\nok"},
                  {"two lengths that differ", kOk + "Content-Length: 2\r\nContent-Length: 3\r\n\r\nok"},
                  {"a list of lengths that differ", kOk + "Content-Length: 2, 3\r\n\r\nok"},
                  {"chunks after a length", kOk + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
                  {"a length after chunks", kOk + "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n"},
                  {"transfer in gzip", kOk + "Transfer-Encoding: gzip\r\n\r\nok"},
                  {"transfer in gzip and chunks", kOk + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"},
                  {"chunks twice", kOk + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
                  {"transfer as it is", kOk + "Transfer-Encoding: identity\r\nContent-Length: 2\r\n\r\nok"},
                  {"an unknown transfer", kOk + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"},
              });
}

std::vector<BadReply> chunks() {
  return rows(ErrorKind::corrupt, kNotHttp, End::close,
              {
                  {"a chunk without size", kChunked + "not a size\r\n"},
                  {"a chunk with a negative size", kChunked + "-2\r\nok\r\n0\r\n\r\n"},
                  {"a chunk with a blank before its size", kChunked + " 2\r\nok\r\n0\r\n\r\n"},
                  {"a chunk with an empty size", kChunked + "\r\nok\r\n0\r\n\r\n"},
                  {"a chunk with a size of 2^64", kChunked + "10000000000000000\r\nok\r\n"},
                  {"a chunk shorter than its size", kChunked + "3\r\nok\r\n0\r\n\r\n"},
                  {"a chunk longer than its size", kChunked + "2\r\nokay\r\n0\r\n\r\n"},
                  {"a chunk's size with garbage", kChunked + "2 bytes\r\nok\r\n0\r\n\r\n"},
                  {"a bad chunk extension", kChunked + "2;=\r\nok\r\n0\r\n\r\n"},
                  {"a bad trailer", kChunked + "2\r\nok\r\n0\r\nno colon\r\n\r\n"},
                  {"a zero byte in a trailer", kChunked + "2\r\nok\r\n0\r\n" + bytes("X: \0\r\n\r\n")},
              });
}

std::vector<BadReply> cut_off() {
  return rows(ErrorKind::corrupt, kCutOff, End::close,
              {
                  {"one byte", "H"},
                  {"half a version", "HTTP/1."},
                  {"half a status", "HTTP/1.1 20"},
                  {"a status line", kOk},
                  {"half a header's name", kOk + "Content-Len"},
                  {"half a header's value", kOk + "Content-Length: 1"},
                  {"no blank line", kOk + "Content-Length: 0\r\n"},
                  {"half a blank line", kOk + "Content-Length: 0\r\n\r"},
                  {"no byte of the body", kOk + "Content-Length: 100\r\n\r\n"},
                  {"half a body", kOk + "Content-Length: 100\r\n\r\nhello"},
                  {"no chunk", kChunked},
                  {"half a chunk's size", kChunked + "5"},
                  {"half a chunk", kChunked + "64\r\nhello"},
                  {"no last chunk", kChunked + "5\r\nhello\r\n"},
                  {"half a last chunk", kChunked + "5\r\nhello\r\n0\r\n"},
                  {"half a trailer", kChunked + "5\r\nhello\r\n0\r\nX: y\r\n"},
                  {"an announcement only", "HTTP/1.1 100 Continue\r\n\r\n"},
                  {"half an answer after an announcement", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200"},
                  {"half of a body in gzip", without_end(coded("gzip", gzip("hello")), 10)},
              });
}

std::vector<BadReply> too_large() {
  const std::string big(150'000, 'x');
  const std::string half = "ea60\r\n" + big.substr(0, 60'000) + "\r\n";
  return rows(ErrorKind::corrupt, kTooLarge, End::close,
              {
                  {"an endless reason", "HTTP/1.1 200 " + big},
                  {"an endless header name", kOk + big},
                  {"an endless header value", kOk + "X: " + big},
                  {"many headers", kOk + repeated("X: y\r\n", 20'000) + "\r\n"},
                  {"many headers without end", kOk + repeated("X: y\r\n", 20'000)},
                  {"a length over the limit", kOk + "Content-Length: 100001\r\n\r\n"},
                  {"a length of 2^64-1", kOk + "Content-Length: 18446744073709551615\r\n\r\n"},
                  {"a chunk over the limit", kChunked + "186a1\r\n" + big},
                  {"a chunk of 2^64-1", kChunked + "ffffffffffffffff\r\n" + big},
                  {"chunks that add up", kChunked + half + half + "0\r\n\r\n"},
                  {"an endless chunk extension", kChunked + "2;x=" + big},
                  {"an endless trailer", kChunked + "0\r\nX: " + big},
                  {"many trailers", kChunked + "0\r\n" + repeated("X: yyyyyyyy\r\n", 10'000) + "\r\n"},
                  {"a body until the end", "HTTP/1.0 200 OK\r\n\r\n" + big},
                  {"a gzip bomb", coded("gzip", gzip(std::string(100'001, 'x')))},
                  {"a gzip bomb of 10 MB", coded("gzip", gzip(std::string(10'000'000, 'x')))},
              });
}

std::vector<BadReply> undecodable() {
  const std::string packed = gzip("a text that is long enough");
  auto table = rows(ErrorKind::corrupt, "cannot be unpacked: its gzip is damaged", End::close,
                    {
                        {"gzip that is none", coded("gzip", "plain text")},
                        {"gzip with a damaged header", coded("gzip", damaged_gzip(packed.size() - 2))},
                        {"gzip with damaged data", coded("gzip", damaged_gzip(12))},
                        {"gzip with a wrong checksum", coded("gzip", damaged_gzip(8))},
                        {"gzip with a wrong length", coded("gzip", damaged_gzip(4))},
                        {"garbage behind gzip", coded("gzip", packed + "garbage")},
                        {"zlib's format as gzip", coded("gzip", bytes("\x78\x9c\x4b\x04\0\0\x62\0\x62"))},
                    });
  const std::vector<BadReply> more{
      {"gzip without its end", coded("gzip", without_end(packed, 4)), ErrorKind::corrupt, "its gzip ends too early"},
      {"one byte of gzip", coded("gzip", packed.substr(0, 1)), ErrorKind::corrupt, "its gzip ends too early"},
      {"gzip without its end, until the end",
       "HTTP/1.0 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + without_end(packed, 1), ErrorKind::corrupt,
       "its gzip ends too early"},
      {"brotli", coded("br", "hello"), ErrorKind::corrupt, "cannot be unpacked: its encoding is br"},
      {"deflate", coded("deflate", "hello"), ErrorKind::corrupt, "its encoding is deflate"},
      {"zstd", coded("zstd", "hello"), ErrorKind::corrupt, "its encoding is zstd"},
      {"gzip in gzip", coded("gzip, gzip", gzip(packed)), ErrorKind::corrupt, "its encoding is gzip, gzip"},
      {"an encoding with a command for the terminal",
       coded("\xc2\x9b"
             "31m",
             "hello"),
       ErrorKind::corrupt, "its encoding is "},
  };
  table.insert(table.end(), more.begin(), more.end());
  return table;
}

std::vector<BadReply> lost() {
  return {
      {"nothing", "", ErrorKind::transient, "closed the connection without an answer"},
      {"a reset", "", ErrorKind::transient, "closed the connection without an answer", End::reset},
      {"half a body, then a reset", kOk + "Content-Length: 100\r\n\r\nhello", ErrorKind::corrupt, kCutOff, End::reset},
      {"a body until a reset", "HTTP/1.0 200 OK\r\n\r\nhello", ErrorKind::corrupt, kCutOff, End::reset},
  };
}

std::vector<BadReply> late() {
  return rows(ErrorKind::timed_out, kLate, End::silence,
              {
                  {"silence", ""},
                  {"half a status line, then silence", "HTTP/1.1 20"},
                  {"half a header, then silence", kOk + "Content-Le"},
                  {"half a body, then silence", kOk + "Content-Length: 100\r\n\r\nhello"},
                  {"half a chunk, then silence", kChunked + "64\r\nhello"},
                  {"no last chunk, then silence", kChunked + "5\r\nhello\r\n"},
                  {"a body without length, then silence", kOk + "\r\nhello"},
                  {"an announcement, then silence", "HTTP/1.1 100 Continue\r\n\r\n"},
                  {"half of gzip, then silence", coded("gzip", gzip("hello")).substr(0, 60)},
              });
}

}  // namespace

std::vector<BadReply> bad_replies() {
  std::vector<BadReply> all;
  for (auto group : {other_protocols(), status_lines(), headers(), chunks(), cut_off(), too_large(), undecodable(),
                     lost(), late()}) {
    for (auto& reply : group) all.push_back(std::move(reply));
  }
  return all;
}

std::vector<OddReply> odd_replies() {
  const std::string packed = gzip("hello");
  return {
      {"no reason", "HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok", 200, "ok"},
      {"a folded header", with_header("X: a\r\n b"), 200, "ok"},
      {"an empty header", with_header("X:"), 200, "ok"},
      {"Latin letters in a header", with_header("X: \xe4\xf6\xfc"), 200, "ok"},
      {"names in lower case", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", 200, "ok"},
      {"the same length twice", kOk + "Content-Length: 2\r\nContent-Length: 2\r\n\r\nok", 200, "ok"},
      {"a list of one length", kOk + "Content-Length: 2, 2\r\n\r\nok", 200, "ok"},
      {"a length with zeros in front", kOk + "Content-Length: 0000002\r\n\r\nok", 200, "ok"},
      {"a chunk with zeros in front", kChunked + "0000000002\r\nok\r\n0\r\n\r\n", 200, "ok"},
      {"chunks of a byte", kChunked + "1\r\no\r\n1\r\nk\r\n0\r\n\r\n", 200, "ok"},
      {"a chunk extension", kChunked + "2;a=b;c\r\nok\r\n0;d\r\n\r\n", 200, "ok"},
      {"trailers", kChunked + "2\r\nok\r\n0\r\nX: y\r\nContent-Encoding: br\r\n\r\n", 200, "ok"},
      {"only an empty chunk", kChunked + "0\r\n\r\n", 200, ""},
      {"a body until the end", "HTTP/1.0 200 OK\r\n\r\nok", 200, "ok"},
      {"a body until the end, of nothing", "HTTP/1.0 200 OK\r\n\r\n", 200, ""},
      {"HTTP/1.0 that stays open", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok", 200,
       "ok"},
      {"204 with a body", "HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok", 204, ""},
      {"304 with a body", "HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\nok", 304, ""},
      {"a redirect", "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", 302, ""},
      {"eight announcements", repeated("HTTP/1.1 100 Continue\r\n\r\n", 8) + kOk + "Content-Length: 2\r\n\r\nok", 200,
       "ok"},
      {"as many bytes as are allowed", kOk + "Content-Length: 100000\r\n\r\n" + std::string(100'000, 'x'), 200,
       std::string(100'000, 'x')},
      {"gzip", coded("gzip", packed), 200, "hello"},
      {"gzip by its old name", coded("X-GZip", packed), 200, "hello"},
      {"gzip in two members", coded("gzip", packed + gzip(" world")), 200, "hello world"},
      {"gzip in chunks",
       kOk + "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n" + packed.substr(0, 1) + "\r\n" +
           "18\r\n" + packed.substr(1) + "\r\n0\r\n\r\n",
       200, "hello"},
      {"gzip until the end", "HTTP/1.0 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + packed, 200, "hello"},
      {"gzip of nothing", coded("gzip", gzip("")), 200, ""},
      {"gzip without a byte", coded("gzip", ""), 200, ""},
      {"gzip of as many bytes as are allowed", coded("gzip", gzip(std::string(100'000, 'x'))), 200,
       std::string(100'000, 'x')},
      {"an encoding by the name of none", coded("identity", "hello"), 200, "hello"},
  };
}

}  // namespace fgsync::test
