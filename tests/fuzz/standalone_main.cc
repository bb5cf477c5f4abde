// A fuzz target without libFuzzer, so that the targets are built and run everywhere:
//
//   TARGET RUNS [FILE|FOLDER]...
//
// Each file is an input; then RUNS random inputs follow, most of them files with some bytes
// changed.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "core/base/random.h"

// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;

void run(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

std::vector<fs::path> files_of(const fs::path& path) {
  if (!fs::is_directory(path)) return {path};
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(path)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string read(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::string random_input(hearsay::Random& random, const std::vector<std::string>& seeds) {
  std::string input;
  if (!seeds.empty() && random.below(4) != 0) {
    input = seeds[random.below(static_cast<std::uint32_t>(seeds.size()))];
  } else {
    input.resize(random.below(200));
    for (char& c : input)
      c = static_cast<char>(random.below(256));
  }
  for (std::uint32_t changes = random.below(6); changes > 0 && !input.empty(); --changes) {
    const std::uint32_t at = random.below(static_cast<std::uint32_t>(input.size()));
    switch (random.below(3)) {
      case 0:
        input[at] = static_cast<char>(random.below(256));
        break;
      case 1:
        input.erase(at, 1 + random.below(8));
        break;
      default:
        input.insert(at, input, random.below(at + 1), 1 + random.below(16));
    }
  }
  return input;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return std::fprintf(stderr, "usage: %s RUNS [FILE|FOLDER]...\n", argv[0]), 2;
  std::vector<std::string> seeds;
  for (int i = 2; i < argc; ++i) {
    for (const fs::path& file : files_of(argv[i]))
      seeds.push_back(read(file));
  }
  for (const std::string& seed : seeds)
    run(seed);
  const unsigned long runs = std::strtoul(argv[1], nullptr, 10);
  hearsay::Random random = hearsay::Random::root(1).fork("fuzz");
  for (unsigned long i = 0; i < runs; ++i)
    run(random_input(random, seeds));
  std::printf("%zu inputs from files, %lu random ones\n", seeds.size(), runs);
  return 0;
}
