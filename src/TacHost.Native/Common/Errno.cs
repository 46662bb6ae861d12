using System.ComponentModel;
using System.Runtime.InteropServices;

namespace TacHost.Native;

/// <summary>Error numbers of Linux that are acted on.</summary>
internal static class Errno
{
    public const int NotPermitted = 1;
    public const int NoSuchFile = 2;
    public const int Interrupted = 4;
    public const int NoSuchDevice = 6;
    public const int TryAgain = 11;
    public const int AccessDenied = 13;
    public const int Exists = 17;
    public const int CrossDevice = 18;
    public const int NotADirectory = 20;
    public const int IsADirectory = 21;
    public const int InvalidArgument = 22;
    public const int NoSpace = 28;
    public const int ReadOnlyFileSystem = 30;
    public const int BrokenPipe = 32;
    public const int NameTooLong = 36;
    public const int NoSuchCall = 38;
    public const int NotEmpty = 39;
    public const int TooManyLinks = 40;
    public const int AddressInUse = 98;
    public const int ConnectionAborted = 103;
    public const int QuotaExceeded = 122;

    /// <summary>Gets the message of the last error.</summary>
    public static string LastText => Text(Marshal.GetLastPInvokeError());

    public static string Text(int error) => new Win32Exception(error).Message;
}
