// Chooses the kernels for the processor it finds itself on, once.
#include <cstdlib>
#include <stdexcept>
#include <string>

#include "levels.hpp"
#include "mmfusion/simd_level.hpp"
#include "row_kernels.hpp"

#if defined(_MSC_VER) && defined(_M_X64)
#include <immintrin.h>
#include <intrin.h>
#endif

namespace mmfusion {
namespace {

#if defined(__aarch64__) || defined(_M_ARM64)
constexpr const char* baseline_name = "neon";
#else
constexpr const char* baseline_name = "baseline";
#endif

[[maybe_unused]] bool processor_has_avx2() {
#if defined(_MSC_VER) && defined(_M_X64)
    int leaf[4];
    __cpuid(leaf, 0);
    if (leaf[0] < 7) {
        return false;
    }
    __cpuid(leaf, 1);
    constexpr int fma = 1 << 12;
    constexpr int os_saves_registers = 1 << 27;
    constexpr int avx = 1 << 28;
    constexpr int needed = fma | os_saves_registers | avx;
    if ((leaf[2] & needed) != needed || (_xgetbv(0) & 6) != 6) {
        return false;
    }
    __cpuidex(leaf, 7, 0);
    return (leaf[1] & (1 << 5)) != 0;
#elif defined(__x86_64__)
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
    return false;
#endif
}

std::string chosen_level() {
    const std::vector<std::string> levels = available_simd_levels();
    const char* wanted = std::getenv("MMFUSION_SIMD");
    if (wanted == nullptr || *wanted == '\0') {
        return levels.back();
    }
    std::string names;
    for (const std::string& level : levels) {
        if (level == wanted) {
            return level;
        }
        names += (names.empty() ? "" : ", ") + level;
    }
    throw std::invalid_argument("the environment variable MMFUSION_SIMD is '" +
                                std::string(wanted) + "', but this machine runs: " + names);
}

RowKernels chosen_kernels() {
#if defined(MMFUSION_HAS_AVX2)
    if (chosen_level() == "avx2") {
        return avx2::make_row_kernels();
    }
#endif
    return baseline::make_row_kernels();
}

}  // namespace

std::vector<std::string> available_simd_levels() {
    std::vector<std::string> levels{baseline_name};
#if defined(MMFUSION_HAS_AVX2)
    if (processor_has_avx2()) {
        levels.emplace_back("avx2");
    }
#endif
    return levels;
}

std::string simd_level() { return chosen_level(); }

const RowKernels& row_kernels() {
    static const RowKernels kernels = chosen_kernels();
    return kernels;
}

}  // namespace mmfusion
