// The instruction set the kernels use.
#pragma once

#include <string>
#include <vector>

namespace mmfusion {

// The level in use: "baseline" (SSE2 or plain C++), "avx2", "avx512" or "neon". It is the best one
// the processor has unless the environment variable MMFUSION_SIMD names another.
// Throws std::invalid_argument if that variable names a level this machine cannot run.
std::string simd_level();

// All levels this build and this processor can run, slowest first.
std::vector<std::string> available_simd_levels();

}  // namespace mmfusion
