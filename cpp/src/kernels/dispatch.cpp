// Chooses the kernels for this processor, once.
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include "block_kernels.hpp"
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

#if defined(MMFUSION_HAS_AVX) && defined(_MSC_VER)
// Feature bits of leaf 1 (register c) and 7 (register b), and which registers the system saves.
struct Processor {
    unsigned leaf1 = 0;
    unsigned leaf7 = 0;
    std::uint64_t saved = 0;

    Processor() {
        int registers[4];
        __cpuid(registers, 0);
        const int leaves = registers[0];
        __cpuid(registers, 1);
        leaf1 = static_cast<unsigned>(registers[2]);
        constexpr unsigned system_saves = 1U << 27;
        if (leaves >= 7 && (leaf1 & system_saves) != 0) {
            __cpuidex(registers, 7, 0);
            leaf7 = static_cast<unsigned>(registers[1]);
            saved = _xgetbv(0);
        }
    }
};

bool processor_has_avx2() {
    const Processor processor;
    constexpr unsigned fma = 1U << 12;
    constexpr unsigned avx2 = 1U << 5;
    return (processor.leaf1 & fma) != 0 && (processor.leaf7 & avx2) != 0 &&
           (processor.saved & 0x06) == 0x06;
}

bool processor_has_avx512() {
    const Processor processor;
    constexpr unsigned needed = (1U << 16) | (1U << 17) | (1U << 30) | (1U << 31);  // F, DQ, BW, VL
    return (processor.leaf7 & needed) == needed && (processor.saved & 0xe6) == 0xe6;
}
#elif defined(MMFUSION_HAS_AVX)
bool processor_has_avx2() {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

bool processor_has_avx512() {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
}
#endif

std::string choose_level() {
    const std::vector<std::string> levels = available_simd_levels();
    const char* requested = std::getenv("MMFUSION_SIMD");
    if (requested == nullptr || *requested == '\0') {
        return levels.back();
    }
    std::string names;
    for (const std::string& level : levels) {
        if (level == requested) {
            return level;
        }
        names += (names.empty() ? "" : ", ") + level;
    }
    throw std::invalid_argument("the environment variable MMFUSION_SIMD is '" +
                                std::string(requested) + "', but this machine runs: " + names);
}

RowKernels choose_kernels() {
    const std::string level = choose_level();
#if defined(MMFUSION_HAS_AVX)
    if (level == "avx512") {
        return avx512::make_row_kernels();
    }
    if (level == "avx2") {
        return avx2::make_row_kernels();
    }
#endif
    return baseline::make_row_kernels();
}

BlockKernels choose_block_kernels() {
#if defined(MMFUSION_HAS_AVX)
    if (choose_level() != baseline_name) {
        return avx2::make_block_kernels();
    }
#endif
    return baseline::make_block_kernels();
}

}  // namespace

std::vector<std::string> available_simd_levels() {
    std::vector<std::string> levels{baseline_name};
#if defined(MMFUSION_HAS_AVX)
    if (processor_has_avx2()) {
        levels.emplace_back("avx2");
        if (processor_has_avx512()) {
            levels.emplace_back("avx512");
        }
    }
#endif
    return levels;
}

std::string simd_level() { return choose_level(); }

const RowKernels& row_kernels() {
    static const RowKernels kernels = choose_kernels();
    return kernels;
}

const BlockKernels& block_kernels() {
    static const BlockKernels kernels = choose_block_kernels();
    return kernels;
}

}  // namespace mmfusion
