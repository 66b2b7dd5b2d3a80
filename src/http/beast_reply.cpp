#include "http/beast_reply.hpp"

#include <boost/beast/http/status.hpp>

namespace fgsync::http {

Response error_response(const OwnAnswer& answer) {
  Response response;
  response.status = answer.status;
  response.headers.emplace_back("Content-Type", "application/json");
  response.body.append(R"({"error_code":")").append(answer.code);
  response.body.append(R"(","error_msg":")").append(answer.message).append("\"}");
  return response;
}

bool is_without_body(int status) {
  return status == 204 || status == 304 || status < 200;
}

std::string reply_head(const Response& response, int http_version, Persistence persistence, Framing framing) {
  const auto reason = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(response.status));
  std::string head = http_version == 10 ? "HTTP/1.0 " : "HTTP/1.1 ";
  head.append(std::to_string(response.status)).append(" ").append(reason.data(), reason.size()).append("\r\n");
  for (const auto& [name, value] : response.headers) head.append(name).append(": ").append(value).append("\r\n");
  // What HTTP/1.1 takes for granted is not said.
  if (http_version == 10 && persistence == Persistence::keep_alive) head += "Connection: keep-alive\r\n";
  if (http_version != 10 && persistence == Persistence::close) head += "Connection: close\r\n";
  if (framing == Framing::in_chunks) head += "Transfer-Encoding: chunked\r\n";
  if (framing == Framing::by_length && !is_without_body(response.status)) {
    head.append("Content-Length: ").append(std::to_string(response.body.size())).append("\r\n");
  }
  head += "\r\n";
  return head;
}

}  // namespace fgsync::http
