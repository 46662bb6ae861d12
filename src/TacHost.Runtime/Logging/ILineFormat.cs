using System.Buffers;

namespace TacHost.Logging;

/// <summary>The format of events in the log. Implementations are thread-safe.</summary>
internal interface ILineFormat
{
    /// <summary>Writes an event in UTF-8, including a final line feed.</summary>
    void Write(in LogEvent logEvent, IBufferWriter<byte> output);
}
