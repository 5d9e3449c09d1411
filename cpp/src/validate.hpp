// Checks of arguments; a std::invalid_argument names the value that fails.
#pragma once

#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "mmfusion/image.hpp"
#include "mmfusion/tv.hpp"

namespace mmfusion {

inline void require(bool condition, const char* message) {
    if (!condition) {
        throw std::invalid_argument(message);
    }
}

inline void require_between(const char* name, float value, float low, float high) {
    if (!(value >= low && value <= high)) {  // also refuses NaN
        throw std::invalid_argument(std::string(name) + " must be from " + std::to_string(low) +
                                    " to " + std::to_string(high) + ", not " +
                                    std::to_string(value));
    }
}

inline void require_valid(const ScaledImage& image) {
    require(image.data != nullptr, "an image is missing");
    require(std::isfinite(image.offset) && std::isfinite(image.factor),
            "offset and factor of an image must be finite");
}

inline void require_valid(const TvObjective& objective) {
    require(std::isfinite(objective.weight) && objective.weight >= 0.0F,
            "weight must be finite and at least 0");
    require((objective.guide.y == nullptr) == (objective.guide.x == nullptr),
            "a guide has two components");
    require(objective.guide.y == nullptr || objective.kind == TvKind::isotropic,
            "directional total variation is isotropic");
}

// All steps run side by side and each has its own rows, so more would take too much memory.
inline constexpr int most_tv_iterations = 10000;
inline constexpr int most_threads = 1024;

inline void require_valid_steps(int n_iter, int threads) {
    require(n_iter >= 0 && n_iter <= most_tv_iterations, "n_iter must be from 0 to 10000");
    require(threads >= 1 && threads <= most_threads, "threads must be from 1 to 1024");
}

}  // namespace mmfusion
