#include "http/failure.hpp"

#include <utility>

namespace fgsync::http {

Error exchange_error(ErrorKind kind, std::string message, Sent sent) {
  return exchange_error(Error(kind, std::move(message)), sent);
}

Error exchange_error(Error error, Sent sent) {
  RemoteFacts facts;
  facts.request_sent = sent == Sent::yes;
  error.remote = std::move(facts);
  return error;
}

}  // namespace fgsync::http
