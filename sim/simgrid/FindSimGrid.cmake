# Finds SimGrid (Debian: libsimgrid-dev) and makes the target SimGrid::SimGrid.
#
# Sets SimGrid_FOUND and SimGrid_VERSION.
find_path(SimGrid_INCLUDE_DIR simgrid/s4u/Engine.hpp HINTS ENV SimGrid_PATH PATH_SUFFIXES include)
find_library(SimGrid_LIBRARY simgrid HINTS ENV SimGrid_PATH PATH_SUFFIXES lib)

if(SimGrid_INCLUDE_DIR AND EXISTS ${SimGrid_INCLUDE_DIR}/simgrid/version.h)
  file(STRINGS ${SimGrid_INCLUDE_DIR}/simgrid/version.h version_lines REGEX "SIMGRID_VERSION_M[AI]")
  string(REGEX REPLACE ".*VERSION_MAJOR +([0-9]+).*" "\\1" SimGrid_VERSION_MAJOR "${version_lines}")
  string(REGEX REPLACE ".*VERSION_MINOR +([0-9]+).*" "\\1" SimGrid_VERSION_MINOR "${version_lines}")
  set(SimGrid_VERSION ${SimGrid_VERSION_MAJOR}.${SimGrid_VERSION_MINOR})
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(SimGrid
  REQUIRED_VARS SimGrid_LIBRARY SimGrid_INCLUDE_DIR VERSION_VAR SimGrid_VERSION)

if(SimGrid_FOUND AND NOT TARGET SimGrid::SimGrid)
  add_library(SimGrid::SimGrid UNKNOWN IMPORTED)
  set_target_properties(SimGrid::SimGrid PROPERTIES
    IMPORTED_LOCATION ${SimGrid_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${SimGrid_INCLUDE_DIR})
endif()
