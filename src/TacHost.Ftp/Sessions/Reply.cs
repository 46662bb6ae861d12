using System.Globalization;
using System.Text;

namespace TacHost.Ftp.Sessions;

/// <summary>A reply of the server: a code and one or more lines.</summary>
internal sealed record Reply(int Code, params string[] Lines)
{
    public static readonly Reply Done = new(250, "Command successful.");
    public static readonly Reply NoTransfer = new(226, "No transfer to abort.");

    /// <summary>Serializes the reply (RFC 959, section 4.2). The first of several lines has a hyphen after the code, the middle ones begin with a blank.</summary>
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
