# What `cmake --install` makes of the rooms: a tree that may be moved, in which another project finds them
# with find_package(hearsay).
#
#   hearsay::core   the engines and one node (core/)
#   hearsay::sim    the simulated world around them (sim/world, sim/net, sim/model, sim/fault)
#
# Included after the rooms; does nothing when some of them are not built (HS_ROOMS).
set(hs_installed
    hs_flags hs_base hs_trace hs_wire_proto hs_wire hs_ports hs_gossip hs_deliver hs_node
    hs_sim_world hs_sim_net hs_sim_model hs_sim_fault)
foreach(target IN LISTS hs_installed)
  if(NOT TARGET ${target})
    return()
  endif()
endforeach()

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

add_library(hs_core_all INTERFACE)
target_link_libraries(hs_core_all INTERFACE hs_node)
set_target_properties(hs_core_all PROPERTIES EXPORT_NAME core)
add_library(hs_sim_all INTERFACE)
target_link_libraries(hs_sim_all INTERFACE hs_core_all hs_sim_model hs_sim_fault)
set_target_properties(hs_sim_all PROPERTIES EXPORT_NAME sim)

set(hs_config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/hearsay)
install(TARGETS ${hs_installed} hs_core_all hs_sim_all EXPORT hearsay
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}/hearsay)
install(EXPORT hearsay FILE hearsay-targets.cmake NAMESPACE hearsay:: DESTINATION ${hs_config_dir})
foreach(room IN ITEMS core sim/world sim/net sim/model sim/fault)
  install(DIRECTORY ${CMAKE_SOURCE_DIR}/${room}/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/hearsay/${room}
    FILES_MATCHING PATTERN "*.h")
endforeach()

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/hearsay-config.cmake.in
  ${CMAKE_BINARY_DIR}/hearsay-config.cmake INSTALL_DESTINATION ${hs_config_dir})
# Until 1.0 every minor version may change the API.
write_basic_package_version_file(${CMAKE_BINARY_DIR}/hearsay-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/hearsay-config.cmake ${CMAKE_BINARY_DIR}/hearsay-config-version.cmake
  DESTINATION ${hs_config_dir})
