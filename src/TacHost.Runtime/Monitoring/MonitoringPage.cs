using System.Text;

namespace TacHost.Monitoring;

/// <summary>An HTTP response.</summary>
internal sealed record MonitoringPage(int Status, string Reason, string ContentType, byte[] Body)
{
    /// <summary>Gets further headers, each with its line end.</summary>
    public string Headers { get; init; } = "";

    /// <summary>Returns a response whose body is its reason, or another text.</summary>
    public static MonitoringPage Text(int status, string reason, string? text = null) => new(status, reason, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes((text ?? reason) + "\n"));
}
