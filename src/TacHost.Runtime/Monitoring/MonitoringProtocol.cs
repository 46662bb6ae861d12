using System.Globalization;
using System.Text;
using TacHost.Services.Networking;

namespace TacHost.Monitoring;

/// <summary>One HTTP request (RFC 9112) for a page, without keep-alive: a scraper asks a few times a minute.</summary>
internal sealed class MonitoringProtocol : LineProtocol
{
    private const int MostHeaders = 100, LongestLine = 8192;

    private readonly MonitoringPages _pages;
    private string[]? _request;
    private int _headers;

    public MonitoringProtocol(MonitoringPages pages)
    {
        _pages = pages;
        MaxLength = LongestLine;
        Delimiter = "\n"u8.ToArray();
    }

    protected override void LineReceived(ReadOnlySpan<byte> line)
    {
        if (line is [.., (byte)'\r'])
            line = line[..^1];
        if (_request is null)
        {
            // RFC 9112, 2.2: an empty line before the request line is ignored.
            if (!line.IsEmpty)
                _request = Encoding.ASCII.GetString(line).Split(' ');
        }
        else if (line.IsEmpty)
        {
            Answer(_request);
        }
        else if (++_headers > MostHeaders)
        {
            Send(MonitoringPage.Text(431, "Request Header Fields Too Large"), withBody: true);
        }
    }

    protected override void LineLengthExceeded(ReadOnlySpan<byte> beginning) => Send(MonitoringPage.Text(431, "Request Header Fields Too Large"), withBody: true);

    private void Answer(string[] request)
    {
        if (request is not [var method, ['/', ..] target, ['H', 'T', 'T', 'P', '/', '1', '.', ..]])
            Send(MonitoringPage.Text(400, "Bad Request"), withBody: true);
        else if (method is not ("GET" or "HEAD"))
            Send(MonitoringPage.Text(405, "Method Not Allowed") with { Headers = "Allow: GET, HEAD\r\n" }, withBody: true);
        else
            Send(_pages.Get(target.Split('?')[0]), withBody: method == "GET");
    }

    private void Send(MonitoringPage page, bool withBody)
    {
        var head = string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {page.Status} {page.Reason}\r\nContent-Type: {page.ContentType}\r\nContent-Length: {page.Body.Length}\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n{page.Headers}Connection: close\r\n\r\n");
        Transport.Write(Encoding.ASCII.GetBytes(head));
        if (withBody)
            Transport.Write(page.Body);
        Transport.LoseConnection();
    }
}
