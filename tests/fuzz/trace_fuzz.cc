// Any bytes as a trace file. With an even first byte the rest is the file as it lies on the disk,
// with an odd one it is compressed first, so that the reader of lines is reached.
#include <sys/mman.h>
#include <unistd.h>
#include <zstd.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "core/base/assert.h"
#include "sim/run/trace_file.h"

namespace {

// Reading an event and writing it gives an event that reads the same.
class WriteAgain final : public hearsay::TraceSink {
 public:
  explicit WriteAgain(const hearsay::RunFacts& facts) : codec_(facts) {}
  void on_event(const hearsay::TraceEvent& event) override {
    std::string line;
    codec_.append_line(event, line);
    const auto again = codec_.parse_line(line);
    HS_ASSERT_MSG(again.ok(), "a line that was written is refused");
    std::string second;
    codec_.append_line(again.value(), second);
    HS_ASSERT(second == line);
  }

 private:
  hearsay::TraceCodec codec_;
};

std::string compressed(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 1));
  return out;
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 2 == 1) bytes = compressed(bytes);
  const int file = memfd_create("trace_fuzz", 0);
  HS_ASSERT(file >= 0);
  HS_ASSERT(write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  auto reader = hearsay::sim::TraceFileReader::open("/proc/self/fd/" + std::to_string(file));
  if (reader.ok()) {
    WriteAgain sink(reader.value().facts());
    static_cast<void>(reader.value().read(sink));
  }
  close(file);
  return 0;
}
