using System.Globalization;
using System.Text;

namespace TacHost.Servers.Ftp.Sessions;

/// <summary>What the server answers: a code, and one line or several.</summary>
internal sealed record Reply(int Code, params string[] Lines)
{
    public static readonly Reply Done = new(250, "Done.");
    public static readonly Reply NoTransfer = new(226, "There is no transfer.");

    /// <summary>RFC 959 section 4.2: all lines but the last have a hyphen, or a blank before text of their own.</summary>
    public byte[] ToBytes()
    {
        StringBuilder text = new();
        for (var i = 0; i < Lines.Length; i++)
        {
            var start = i == Lines.Length - 1 ? $"{Code} " : i == 0 ? $"{Code}-" : " ";
            text.Append(CultureInfo.InvariantCulture, $"{start}{Lines[i]}\r\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
