using System.Runtime.InteropServices;

namespace TacHost.Native;

/// <summary>struct pollfd of poll(2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollDescriptor
{
    public const short PollIn = 0x01;
    public const short PollOut = 0x04;
    public const short PollErr = 0x08;
    public const short PollHup = 0x10;

    public int Descriptor;
    public short Events;
    public short ReturnedEvents;
}
