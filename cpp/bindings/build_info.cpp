#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <map>
#include <string>

#include "mmfusion/simd_level.hpp"
#include "registrations.hpp"

namespace mmfusion::python {

namespace py = pybind11;

namespace {

std::map<std::string, std::string> build_info() {
    return {
        {"version", MMFUSION_VERSION},
        {"compiler", MMFUSION_COMPILER},
        {"build_type", MMFUSION_BUILD_TYPE},
        {"pybind11",
         PYBIND11_TOSTRING(PYBIND11_VERSION_MAJOR) "." PYBIND11_TOSTRING(PYBIND11_VERSION_MINOR)},
    };
}

}  // namespace

void register_build_info(py::module_& module) {
    module.def("simd_level", &simd_level, "The instruction set in use.");
    module.def("available_simd_levels", &available_simd_levels,
               "The instruction sets this machine can run, slowest first.");
    module.def("build_info", &build_info, "Version and compiler of this build.");
}

}  // namespace mmfusion::python
