using System.Buffers;

namespace TacHost.Logging;

/// <summary>The form in which an event stands in the log. Used by many threads at once.</summary>
internal interface ILineFormat
{
    /// <summary>Writes an event as UTF-8, up to and including a line feed.</summary>
    void Write(in LogEvent logEvent, IBufferWriter<byte> output);
}
