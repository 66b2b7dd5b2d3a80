# What is installed, and what `cpack` makes of it in a build folder:
#
#   cpack -G DEB   fgsync_<version>-1_<architecture>.deb, of a build like the preset `release`
#   cpack -G TGZ   fgsync-<version>-<system>-<architecture>.tar.gz, of the preset `portable`
include(GNUInstallDirs)

# The same sources make the same packages: the date in them is that of the last commit, or SOURCE_DATE_EPOCH.
set(FGSYNC_EPOCH "$ENV{SOURCE_DATE_EPOCH}")
if(NOT FGSYNC_EPOCH)
  execute_process(COMMAND git -C "${PROJECT_SOURCE_DIR}" log -1 --format=%ct
    OUTPUT_VARIABLE FGSYNC_EPOCH OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
if(NOT FGSYNC_EPOCH)
  string(TIMESTAMP FGSYNC_EPOCH "%s" UTC)
endif()
execute_process(COMMAND date --utc --date=@${FGSYNC_EPOCH} +%Y-%m-%d
  OUTPUT_VARIABLE FGSYNC_DATE OUTPUT_STRIP_TRAILING_WHITESPACE)
execute_process(COMMAND date --utc --date=@${FGSYNC_EPOCH} --rfc-email
  OUTPUT_VARIABLE FGSYNC_DATE_RFC OUTPUT_STRIP_TRAILING_WHITESPACE)

# Manual pages and completions come from the programs themselves.
set(FGSYNC_DOCUMENTS "${CMAKE_BINARY_DIR}/documents")
set(changelog "${CMAKE_CURRENT_BINARY_DIR}/changelog.Debian")
configure_file("${CMAKE_CURRENT_LIST_DIR}/packaging/changelog.in" "${changelog}" @ONLY)
add_custom_command(OUTPUT "${FGSYNC_DOCUMENTS}/made"
  COMMAND ${CMAKE_COMMAND} -E rm -rf "${FGSYNC_DOCUMENTS}"
  COMMAND ${CMAKE_COMMAND} -E make_directory "${FGSYNC_DOCUMENTS}/man1" "${FGSYNC_DOCUMENTS}/completions"
  COMMAND fgsync-manual "${FGSYNC_DOCUMENTS}/man1" ${FGSYNC_DATE}
  COMMAND gzip -9 -n -r "${FGSYNC_DOCUMENTS}/man1"
  COMMAND fgsync completion bash > "${FGSYNC_DOCUMENTS}/completions/fgsync"
  COMMAND fgsync completion zsh > "${FGSYNC_DOCUMENTS}/completions/_fgsync"
  COMMAND fgsync completion fish > "${FGSYNC_DOCUMENTS}/completions/fgsync.fish"
  COMMAND gzip -9 -n -c "${changelog}" > "${FGSYNC_DOCUMENTS}/changelog.Debian.gz"
  COMMAND gzip -9 -n -c "${PROJECT_SOURCE_DIR}/CHANGELOG.md" > "${FGSYNC_DOCUMENTS}/changelog.gz"
  COMMAND ${CMAKE_COMMAND} -E touch "${FGSYNC_DOCUMENTS}/made"
  DEPENDS fgsync fgsync-manual "${changelog}" "${PROJECT_SOURCE_DIR}/CHANGELOG.md"
  COMMENT "Writing manual pages and completions" VERBATIM)
add_custom_target(fgsync_documents ALL DEPENDS "${FGSYNC_DOCUMENTS}/made")

set(CMAKE_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
if(FGSYNC_PORTABLE)
  # What Debian has no archive of goes along, next to the programs; of the system only libc is used.
  install(TARGETS fgsync fgsync-emulator RUNTIME_DEPENDENCY_SET fgsync_libraries DESTINATION ${CMAKE_INSTALL_BINDIR})
  install(RUNTIME_DEPENDENCY_SET fgsync_libraries DESTINATION lib/fgsync
    PRE_EXCLUDE_REGEXES "^libc\\.so" "^libm\\.so" "^ld-linux" "^libpthread\\.so" "^libdl\\.so")
else()
  install(TARGETS fgsync fgsync-emulator DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(DIRECTORY "${FGSYNC_DOCUMENTS}/man1" DESTINATION ${CMAKE_INSTALL_MANDIR})
install(FILES "${FGSYNC_DOCUMENTS}/completions/fgsync" DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES "${FGSYNC_DOCUMENTS}/completions/_fgsync" DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
install(FILES "${FGSYNC_DOCUMENTS}/completions/fgsync.fish" DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(FILES "${CMAKE_CURRENT_LIST_DIR}/packaging/copyright" "${FGSYNC_DOCUMENTS}/changelog.gz"
  "${FGSYNC_DOCUMENTS}/changelog.Debian.gz" DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/fgsync)
install(DIRECTORY examples DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/fgsync)
install(FILES docs/alerts.yaml docs/grafana-dashboard.json DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/fgsync)

# Units name /usr/bin/fgsync. Where the programs are elsewhere, they are examples.
set(FGSYNC_UNITS systemd/fgsync.service systemd/fgsync.socket systemd/fgsync-sync.service systemd/fgsync-sync.timer)
set(examples_of_units ${CMAKE_INSTALL_DATADIR}/doc/fgsync/examples/systemd)
install(FILES systemd/examples/dynamic-user.conf systemd/examples/fgsync.yaml.example DESTINATION ${examples_of_units})
if(FGSYNC_PORTABLE)
  install(FILES ${FGSYNC_UNITS} DESTINATION ${examples_of_units})
  install(DIRECTORY systemd/sysusers.d systemd/tmpfiles.d DESTINATION ${examples_of_units})
else()
  install(FILES ${FGSYNC_UNITS} DESTINATION lib/systemd/system)
  install(FILES systemd/sysusers.d/fgsync.conf DESTINATION lib/sysusers.d)
  install(FILES systemd/tmpfiles.d/fgsync.conf DESTINATION lib/tmpfiles.d)
endif()

set(CPACK_PACKAGE_NAME fgsync)
set(CPACK_PACKAGE_VENDOR "fgsync")
set(CPACK_PACKAGE_CONTACT "fgsync maintainers <maintainers@fgsync.example>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "declarative deployment for Huawei Cloud FunctionGraph")
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_PACKAGE_FILE_NAME
  "fgsync-${PROJECT_VERSION}-${CMAKE_SYSTEM_NAME}-${CMAKE_SYSTEM_PROCESSOR}")

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "ca-certificates")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "git")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "python3, nodejs, openssh-client, gnupg")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"fgsync keeps the functions of a FunctionGraph project equal to what YAML
manifests in a repository say: it compares digests of code, uploads the
packages that changed, publishes them as versions and moves aliases to them.
A plan says beforehand what will happen and why.
.
The package also holds fgsync-emulator, a local FunctionGraph to try it
against without a cloud account.")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA postinst prerm postrm)
list(TRANSFORM CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA PREPEND "${CMAKE_CURRENT_LIST_DIR}/packaging/")
# Read by CPack for each kind of package.
set(CPACK_PROJECT_CONFIG_FILE "${CMAKE_CURRENT_LIST_DIR}/packaging/cpack.cmake")
set(CPACK_GENERATOR DEB)
if(FGSYNC_PORTABLE)
  set(CPACK_GENERATOR TGZ)
endif()
include(CPack)
