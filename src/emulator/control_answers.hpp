#pragma once

#include <string>

#include "base/error.hpp"
#include "http/message.hpp"
#include "manifest/diagnostic.hpp"

/// The control API's answers, all of one shape.
namespace fgsync::emulator {

http::Response control_answer(std::string json, int status = 200);

/// `{"error": …}`
http::Response control_refusal(int status, const std::string& message);
/// 404, 409 or 400, by the kind of the error; 500 for what is not the request's fault.
http::Response control_refusal(const Error& error);
/// 400 with `mistakes`, each with `line`, `column`, `field`, `message` and perhaps `hint`.
http::Response control_mistakes(const manifest::Diagnostics& mistakes);

}  // namespace fgsync::emulator
