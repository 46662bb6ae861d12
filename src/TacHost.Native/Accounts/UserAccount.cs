namespace TacHost.Native;

/// <summary>A user of this machine.</summary>
internal sealed record UserAccount(string Name, uint UserId, uint GroupId, string Home, string Shell);
