# A Debian package begins at /usr; an archive at the folder that it is unpacked into.
if(CPACK_GENERATOR STREQUAL "DEB")
  set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
endif()
