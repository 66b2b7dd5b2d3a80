#pragma once

#include <string>

#include "manifest/diagnostic.hpp"

namespace fgsync::cli {

/// Mistakes as commands of a GitHub workflow, one line each, which GitHub shows beside the lines of a change:
/// `::error file=…,line=…,col=…,title=…::message`. Files are named as they are, so they must be relative to the
/// repository's folder.
std::string render_github(const manifest::Diagnostics& diagnostics);

/// Mistakes as a SARIF 2.1.0 log, for code scanning. Files below `root` (absolute) are named relative to it, as
/// `%SRCROOT%`; columns count UTF-16 code units.
std::string render_sarif(const manifest::Diagnostics& diagnostics, const std::string& root);

/// The column of a diagnostic in UTF-16 code units, from 1.
int utf16_column(const manifest::Diagnostic& diagnostic);

}  // namespace fgsync::cli
