using System.Runtime.InteropServices;

namespace TacHost.Native;

/// <summary>struct pollfd of poll(2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollDescriptor
{
    public const short Readable = 0x01;
    public const short Writable = 0x04;
    public const short Error = 0x08;
    public const short HangUp = 0x10;

    public int Descriptor;
    public short Events;
    public short Occurred;
}
