namespace TacHost.Native;

/// <summary>fcntl(2) commands for a descriptor.</summary>
internal enum DescriptorCommand
{
    GetFlags = 1,
    SetFlags = 2,
    GetStatus = 3,
    SetStatus = 4,
    DuplicateCloseOnExec = 1030,
}
