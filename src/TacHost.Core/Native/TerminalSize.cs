using System.Runtime.InteropServices;

namespace TacHost.Native;

/// <summary>The size of a terminal, ioctl_tty(2). .NET's console would switch the keys of the terminal to another mode first.</summary>
internal static class TerminalSize
{
    private const int StandardOutput = 1;
    private const nuint GetWindowSize = 0x5413; // TIOCGWINSZ

    /// <summary>Gets the number of columns of standard output, or null if it is not a terminal or has no size.</summary>
    public static int? Columns => LibcDescriptors.Ioctl(StandardOutput, GetWindowSize, out var size) == 0 && size.Columns > 0 ? size.Columns : null;
}

/// <summary>struct winsize.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct WindowSize
{
    public ushort Rows;
    public ushort Columns;
    public ushort Width;
    public ushort Height;
}
